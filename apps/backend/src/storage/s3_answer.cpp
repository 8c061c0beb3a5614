#include "storage/s3_answer.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <expat.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <type_traits>

namespace storage {
namespace {

constexpr std::size_t kMostCodeBytes = 64;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

/// Hands out the path ("/Error/Code") and the text of each element that holds text.
class Reader {
 public:
  using OnText = std::function<void(std::string_view path, std::string_view text)>;

  explicit Reader(OnText on_text) : on_text_(std::move(on_text)) {}

  /// False when it is no XML, or has a document type: then somebody else answered.
  bool read(std::string_view xml) {
    const std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser> owner(XML_ParserCreate("UTF-8"));
    if (!owner) throw std::bad_alloc();
    parser_ = owner.get();
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, on_start, on_end);
    XML_SetCharacterDataHandler(parser_, on_characters);
    XML_SetStartDoctypeDeclHandler(parser_, on_doctype);
    return XML_Parse(parser_, xml.data(), static_cast<int>(xml.size()), XML_TRUE) == XML_STATUS_OK;
  }

 private:
  static Reader& self(void* user) { return *static_cast<Reader*>(user); }

  // noexcept: expat is C; running out of memory here ends the process.
  static void on_start(void* user, const XML_Char* name, const XML_Char**) noexcept {
    self(user).path_.append("/").append(name);
    self(user).text_.clear();
  }
  static void on_end(void* user, const XML_Char*) noexcept {
    auto& reader = self(user);
    reader.on_text_(reader.path_, reader.text_);
    reader.text_.clear();
    reader.path_.resize(reader.path_.rfind('/'));
  }
  static void on_characters(void* user, const XML_Char* text, int size) noexcept {
    self(user).text_.append(text, static_cast<std::size_t>(size));
  }
  static void on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) noexcept {
    XML_StopParser(self(user).parser_, XML_FALSE);
  }

  OnText on_text_;
  XML_Parser parser_ = nullptr;
  std::string path_;
  std::string text_;
};

bool is_code(std::string_view text) {
  return !text.empty() && text.size() <= kMostCodeBytes && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
  });
}

}  // namespace

std::string s3_error_code(std::string_view xml) {
  std::string code;
  Reader reader([&code](std::string_view path, std::string_view text) {
    if (path == "/Error/Code" && is_code(text)) code = text;
  });
  return reader.read(xml) ? code : std::string();
}

S3Listing parse_s3_listing(std::string_view xml) {
  S3Listing listing;
  bool told_end = false;
  Reader reader([&](std::string_view path, std::string_view text) {
    if (path == "/ListBucketResult/Contents/Key") listing.keys.emplace_back(text);
    if (path != "/ListBucketResult/IsTruncated") return;
    told_end = true;
    listing.truncated = core::trimmed(text) == "true";
  });
  if (!reader.read(xml) || !told_end || (listing.truncated && listing.keys.empty())) {
    throw core::Error(core::ErrorKind::unavailable, "storage.failed",
                      "The object storage did not answer properly.", "no listing of a bucket");
  }
  return listing;
}

}  // namespace storage
