// "Deleting any field from any fixture never lowers a grade." Every member of every object of every recorded
// bulletin and product is taken away, one at a time; and every element of a list whose loss a reader can
// notice (see is_noticed). What remains must not look better than the whole.

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/json_writer.hpp"
#include "forecast/freshness.hpp"
#include "forecast/rating.hpp"
#include "forecast/valid_day.hpp"

#include "fixtures.hpp"
#include <gtest/gtest.h>

#include <set>

namespace {

using forecast::BandHeights;
using forecast::CellRating;
using forecast::Forecast;
using forecast::HeightRange;
using forecast::ParsedFeed;
using forecast::RatingState;
using forecast::RatingTable;

/// Whether a reader can tell that this element of `list` has gone. Not so for one of several ratings,
/// problems or places of a problem, or for "tomorrow": a product without it is one whose current day lasts.
bool is_noticed(std::string_view list, core::JsonView element, std::size_t size) {
  if (list == "danger") return element["valid_day"].string() == "current";
  if (list == "dangerRatings") return size == 1;
  return list == "regions" || list == "forecast_zone";
}

/// Counts members and elements depth first, and copies all but the one with the number `skip`.
class PartRemover {
 public:
  explicit PartRemover(int skip) : skip_(skip) {}

  void copy(core::JsonView value, std::string_view name = "") {
    if (value.is_object()) {
      out_.begin_object();
      for (std::size_t i = 0; i < value.size(); ++i) {
        const bool skipped = next_++ == skip_;
        if (skipped) removed_ = std::string(value.key_at(i));
        if (skipped) continue;
        out_.key(value.key_at(i));
        copy(value.value_at(i), value.key_at(i));
      }
      out_.end_object();
    } else if (value.is_array()) {
      out_.begin_array();
      for (std::size_t i = 0; i < value.size(); ++i) {
        const bool skipped = is_noticed(name, value.at(i), value.size()) && next_++ == skip_;
        if (skipped) removed_ = std::string(name) + "[" + std::to_string(i) + "]";
        if (!skipped) copy(value.at(i));
      }
      out_.end_array();
    } else {
      out_.raw(value.canonical());
    }
  }

  int parts() const { return next_; }
  const std::string& removed() const { return removed_; }
  std::string take() { return out_.take(); }

 private:
  core::JsonWriter out_;
  int skip_;
  int next_ = 0;
  std::string removed_;
};

const std::vector<BandHeights>& heights_to_try() {
  static const std::vector<BandHeights> all = [] {
    BandHeights known;
    known.treeline = HeightRange{1600, 2200};
    known.upper_begins = HeightRange{2500, 2600};
    known.middle_begins = HeightRange{1900, 2000};
    return std::vector<BandHeights>{known, BandHeights{}};
  }();
  return all;
}

std::set<std::string> types_at(const Forecast& forecast, const CellRating& cell) {
  std::set<std::string> types;
  for (std::size_t i = 0; i < forecast.problems.size() && i < 32; ++i) {
    if (((cell.problems >> i) & 1U) != 0) types.emplace(to_string(forecast.problems[i].type));
  }
  return types;
}

bool usable(const Forecast& forecast, core::Timestamp now) {
  const auto fresh = freshness(forecast, now);
  return fresh == forecast::Freshness::current || fresh == forecast::Freshness::expiring;
}

void expect_cell_not_greener(const Forecast& whole, const CellRating& before, const Forecast& torn,
                             const CellRating& after, bool problems_complete, const std::string& what) {
  if (after.state != RatingState::rated) return;
  ASSERT_EQ(before.state, RatingState::rated) << what;
  ASSERT_GE(after.level, before.level) << what;
  ASSERT_TRUE(after.aspects_stated || !before.aspects_stated) << what;
  if (!problems_complete) return;
  const auto known = types_at(torn, after);
  for (const auto& type : types_at(whole, before)) ASSERT_TRUE(known.contains(type)) << what << ": " << type;
}

void expect_day_not_greener(const Forecast& whole, core::Day whole_day, const Forecast& torn,
                            core::Day torn_day, const std::string& what) {
  for (const BandHeights& heights : heights_to_try()) {
    const auto before = RatingTable::build(whole, whole_day, heights);
    const auto after = RatingTable::build(torn, torn_day, heights);
    ASSERT_TRUE(before.problems_complete() || !after.problems_complete()) << what;
    for (int elevation_m = 1000; elevation_m <= 3200; elevation_m += 100) {
      for (int octant = 0; octant < 8; ++octant) {
        expect_cell_not_greener(whole, before.at(elevation_m, octant), torn, after.at(elevation_m, octant),
                                after.problems_complete(), what);
      }
    }
  }
}

void expect_not_greener(const Forecast& whole, const Forecast& torn, const std::string& what) {
  std::set<core::Day> days;
  for (const auto& rating : whole.ratings) days.insert(rating.day);
  for (const auto& rating : torn.ratings) days.insert(rating.day);
  for (const core::Day day : days) expect_day_not_greener(whole, day, torn, day, what);
  for (const core::Timestamp at : {whole.valid_from, whole.expires_at.value_or(whole.valid_from)}) {
    std::set<std::pair<core::Day, core::Day>> seen;
    for (const int minutes : {-600, -60, -6, -1, 1, 60, 600, 1500}) {
      const auto now = at + std::chrono::minutes(minutes);
      ASSERT_TRUE(usable(whole, now) || !usable(torn, now)) << what << " at " << core::format_utc(now);
      if (!usable(torn, now)) continue;
      const auto whole_day = day_in_force(whole, now);
      const auto torn_day = day_in_force(torn, now);
      ASSERT_TRUE(whole_day && torn_day) << what;
      if (*whole_day == *torn_day || !seen.insert({*whole_day, *torn_day}).second) continue;
      expect_day_not_greener(whole, *whole_day, torn, *torn_day, what + " at " + core::format_utc(now));
    }
  }
}

template <typename Parse>
int check_every_part(core::JsonView product, const std::string& name, Parse parse) {
  PartRemover untouched(-1);
  untouched.copy(product);
  const int parts = untouched.parts();
  const ParsedFeed whole = parse(untouched.take());
  if (whole.forecasts.size() != 1) return 0;
  for (int i = 0; i < parts; ++i) {
    PartRemover remover(i);
    remover.copy(product);
    ParsedFeed torn;
    try {
      torn = parse(remover.take());
    } catch (const core::Error&) {
      continue;
    }
    const std::string what = name + " without " + remover.removed() + " (" + std::to_string(i) + ")";
    for (const Forecast& forecast : torn.forecasts) expect_not_greener(whole.forecasts[0], forecast, what);
    if (testing::Test::HasFatalFailure()) return parts;
  }
  return parts;
}

TEST(Deletion, OfAnyPartOfACaamlBulletinIsNeverGreener) {
  SKIP_WITHOUT_FIXTURES();
  int parts = 0;
  for (const std::string& name : fixtures::caaml_files()) {
    const auto document = core::JsonDocument::parse(fixtures::read(name));
    const auto root = document.root();
    const auto parse = [](const std::string& body) {
      return forecast::providers::parse_caaml(body, fixtures::caaml_context());
    };
    const auto list = root["bulletins"];
    for (std::size_t i = 0; i < list.size(); ++i) parts += check_every_part(list.at(i), name, parse);
    if (!list.exists()) parts += check_every_part(root, name, parse);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(parts, 3000);
}

TEST(Deletion, OfAnyPartOfANacProductIsNeverGreener) {
  SKIP_WITHOUT_FIXTURES();
  int parts = 0;
  for (const auto& file : fixtures::nac_files()) {
    const auto document = core::JsonDocument::parse(fixtures::read(file.name));
    const auto root = document.root();
    const auto parse = [&file](const std::string& body) {
      return forecast::providers::parse_nac_products(body, fixtures::nac_context(file));
    };
    for (std::size_t i = 0; root.is_array() && i < root.size(); ++i) {
      parts += check_every_part(root.at(i), file.name, parse);
    }
    if (root.is_object()) parts += check_every_part(root, file.name, parse);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(parts, 800);
}

}  // namespace
