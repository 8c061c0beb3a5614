#include "core/text.hpp"
#include "geo/coordinate_faults.hpp"
#include "geo/gpx.hpp"

#include <expat.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <limits>
#include <memory>
#include <utility>

namespace geo {
namespace {

using core::ErrorKind;

/// A plain decimal number; "nan" and "inf", which from_chars takes, are none.
std::optional<double> parse_number(std::string_view text) {
  text = core::trimmed(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

struct QName {
  std::string_view prefix;
  std::string_view local;
};

QName split_name(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {{}, name};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

/// What an open element is to us. `skipped`: unknown or foreign, with all that it contains.
enum class Element { gpx, metadata, track, segment, route, point, waypoint, name, elevation, time, skipped };

Element child_of(Element parent, std::string_view name) {
  switch (parent) {
    case Element::gpx:
      if (name == "trk") return Element::track;
      if (name == "rte") return Element::route;
      if (name == "wpt") return Element::waypoint;
      if (name == "metadata") return Element::metadata;
      if (name == "name") return Element::name;
      return Element::skipped;
    case Element::metadata:
      return name == "name" ? Element::name : Element::skipped;
    case Element::track:
      if (name == "trkseg") return Element::segment;
      return name == "name" ? Element::name : Element::skipped;
    case Element::route:
      if (name == "rtept") return Element::point;
      return name == "name" ? Element::name : Element::skipped;
    case Element::segment:
      return name == "trkpt" ? Element::point : Element::skipped;
    case Element::point:
      if (name == "ele") return Element::elevation;
      return name == "time" ? Element::time : Element::skipped;
    default:
      return Element::skipped;
  }
}

class Reader {
 public:
  explicit Reader(const GpxLimits& limits) : limits_(limits), parser_(XML_ParserCreate(nullptr)) {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  GpxFile read(std::string_view bytes) {
    constexpr std::size_t kBlock = 1 << 20;
    while (true) {
      const auto block = bytes.substr(0, kBlock);
      bytes.remove_prefix(block.size());
      const auto status =
          XML_Parse(parser_.get(), block.data(), static_cast<int>(block.size()), bytes.empty() ? 1 : 0);
      if (failure_) std::rethrow_exception(failure_);
      if (status != XML_STATUS_OK) refuse_xml();
      if (bytes.empty()) break;
    }
    if (!faults_.empty()) {
      throw core::Error::invalid("gpx.invalid", "The GPX file has coordinates that are no place on earth.",
                                 faults_.take("gpx"));
    }
    return std::move(file_);
  }

 private:
  struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  /// expat is C: an exception must not pass through it. It is kept, the parser stops, and read() throws it.
  template <typename Action>
  static void guarded(void* user, Action action) noexcept {
    auto& self = *static_cast<Reader*>(user);
    if (self.failure_) return;
    try {
      action(self);
    } catch (...) {
      self.failure_ = std::current_exception();
      XML_StopParser(self.parser_.get(), XML_FALSE);
    }
  }

  static void on_start(void* user, const XML_Char* name, const XML_Char** attributes) {
    guarded(user, [=](Reader& self) { self.start(name, attributes); });
  }
  static void on_end(void* user, const XML_Char*) {
    guarded(user, [](Reader& self) { self.end(); });
  }
  static void on_text(void* user, const XML_Char* text, int size) {
    guarded(user, [=](Reader& self) { self.text({text, static_cast<std::size_t>(size)}); });
  }
  static void on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    guarded(user, [](Reader&) {
      throw core::Error(ErrorKind::invalid_input, "gpx.doctype",
                        "The GPX file has a DOCTYPE, which is not accepted: remove the <!DOCTYPE …> part.");
    });
  }

  std::string line_text() const { return std::to_string(XML_GetCurrentLineNumber(parser_.get())); }

  [[noreturn]] void refuse_xml() const {
    const auto code = XML_GetErrorCode(parser_.get());
    throw core::Error(ErrorKind::invalid_input, "gpx.malformed",
                      "The GPX file is not well-formed XML: " + std::string(XML_ErrorString(code)) +
                          ", in line " + line_text() + ".");
  }

  [[noreturn]] void refuse_limit(const std::string& what) const {
    throw core::Error(ErrorKind::invalid_input, "gpx.limit",
                      "The GPX file has " + what + ", in line " + line_text() + ".");
  }

  void start(std::string_view full_name, const XML_Char** attributes) {
    if (open_.size() >= limits_.max_depth) {
      refuse_limit("elements nested deeper than " + std::to_string(limits_.max_depth));
    }
    std::size_t names_and_values = 0;
    while (attributes[names_and_values] != nullptr) ++names_and_values;
    if (names_and_values / 2 > limits_.max_attributes) {
      refuse_limit("an element with more than " + std::to_string(limits_.max_attributes) + " attributes");
    }
    const auto name = split_name(full_name);
    const Element element = open_.empty() ? root(name) : child(name);
    open_.push_back(element);
    text_.clear();
    text_bytes_ = 0;
    open(element, attributes);
  }

  Element root(const QName& name) {
    if (name.local != "gpx") {
      throw core::Error(ErrorKind::invalid_input, "gpx.not_gpx",
                        "The file is XML but not GPX: its first element must be <gpx>.");
    }
    prefix_ = name.prefix;
    return Element::gpx;
  }

  /// Extensions have other prefixes, bound or not; only the root's prefix is GPX itself.
  Element child(const QName& name) const {
    return name.prefix == prefix_ ? child_of(open_.back(), name.local) : Element::skipped;
  }

  void open(Element element, const XML_Char** attributes) {
    switch (element) {
      case Element::track:
        file_.tracks.emplace_back();
        break;
      case Element::segment:
        file_.tracks.back().segments.emplace_back();
        break;
      case Element::route:
        file_.routes.emplace_back();
        break;
      case Element::waypoint:
        count_point();
        ++file_.waypoint_count;
        break;
      case Element::point:
        open_point(attributes);
        break;
      default:
        break;
    }
  }

  void count_point() {
    if (++points_ <= limits_.max_points) return;
    throw core::Error(ErrorKind::too_large, "gpx.too_many_points",
                      "The GPX file has more than " + std::to_string(limits_.max_points) + " points.");
  }

  bool in_track() const { return open_[1] == Element::track; }

  std::vector<GpxPoint>& current_points() {
    return in_track() ? file_.tracks.back().segments.back().points : file_.routes.back().points;
  }

  void open_point(const XML_Char** attributes) {
    count_point();
    GpxPoint point;
    point.at = {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    for (; attributes[0] != nullptr; attributes += 2) {
      const std::string_view name = attributes[0];
      double* target = name == "lat" ? &point.at.lat_deg : name == "lon" ? &point.at.lon_deg : nullptr;
      if (target == nullptr) continue;
      if (const auto number = parse_number(attributes[1])) *target = *number;
    }
    if (!is_on_earth(point.at)) faults_.check(point.at, point_path());
    current_points().push_back(point);
  }

  std::string point_path() {
    const auto index = [](const auto& list) { return "[" + std::to_string(list.size() - 1) + "]"; };
    const std::string own = ".points[" + std::to_string(current_points().size()) + "]";
    if (!in_track()) return "routes" + index(file_.routes) + own;
    return "tracks" + index(file_.tracks) + ".segments" + index(file_.tracks.back().segments) + own;
  }

  void text(std::string_view piece) {
    text_bytes_ += piece.size();
    if (text_bytes_ > limits_.max_text_bytes) {
      refuse_limit("a text longer than " + std::to_string(limits_.max_text_bytes) + " bytes");
    }
    const Element element = open_.empty() ? Element::skipped : open_.back();
    if (element == Element::name || element == Element::elevation || element == Element::time) text_ += piece;
  }

  void end() {
    const Element element = open_.back();
    open_.pop_back();
    const auto content = core::trimmed(text_);
    if (element == Element::name) {
      set_name(content);
    } else if (element == Element::elevation && !content.empty()) {
      current_points().back().elevation_m = counted(parse_number(content));
    } else if (element == Element::time && !content.empty()) {
      current_points().back().time = counted(core::parse_time(content, core::NoOffset::is_utc));
    }
    text_.clear();
    text_bytes_ = 0;
  }

  template <typename Optional>
  Optional counted(Optional value) {
    if (!value) ++file_.unreadable_values;
    return value;
  }

  void set_name(std::string_view name) {
    switch (open_.back()) {
      case Element::track:
        file_.tracks.back().name = name;
        break;
      case Element::route:
        file_.routes.back().name = name;
        break;
      default:
        file_.name = name;
    }
  }

  GpxLimits limits_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> parser_;
  std::exception_ptr failure_;
  GpxFile file_;
  CoordinateFaults faults_;
  std::vector<Element> open_;
  std::string prefix_;
  std::string text_;
  std::size_t text_bytes_ = 0;
  std::size_t points_ = 0;
};

}  // namespace

GpxFile read_gpx(std::string_view bytes, const GpxLimits& limits) {
  if (bytes.size() > limits.max_bytes) {
    throw core::Error(ErrorKind::too_large, "gpx.too_large",
                      "The GPX file is larger than " + std::to_string(limits.max_bytes) + " bytes.");
  }
  return Reader(limits).read(bytes);
}

}  // namespace geo
