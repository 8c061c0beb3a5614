#include "http/static_files.hpp"

#include "core/error.hpp"
#include "core/files.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

class StaticFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("aspectavy-static-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "assets");
    fs::create_directories(folder_ / ".well-known");
    core::write_file_atomically(folder_ / "index.html", "<p>start");
    core::write_file_atomically(folder_ / "assets/app-DiwrgTd4.js", "plain");
    core::write_file_atomically(folder_ / "assets/app-DiwrgTd4.js.br", "brotli");
    core::write_file_atomically(folder_ / "assets/app-DiwrgTd4.js.gz", "gzip");
    core::write_file_atomically(folder_ / "assets/old-standing.txt", "text");
    core::write_file_atomically(folder_ / ".env", "secret");
    core::write_file_atomically(folder_ / ".well-known/x", "known");
    fs::create_symlink("/etc/hostname", folder_ / "link");
  }
  void TearDown() override { fs::remove_all(folder_); }

  static http::Request get(const std::string& target, const std::string& encodings = "",
                           const std::string& if_none_match = "") {
    http::RequestParts parts;
    parts.target = target;
    if (!encodings.empty()) parts.headers.emplace_back("Accept-Encoding", encodings);
    if (!if_none_match.empty()) parts.headers.emplace_back("If-None-Match", if_none_match);
    return http::make_request(parts);
  }

  fs::path folder_;
};

TEST_F(StaticFiles, ServesFilesAndIndexes) {
  const http::StaticFiles files(folder_);
  const auto index = files.find(get("/"));
  ASSERT_TRUE(index);
  EXPECT_EQ(index->body.view(), "<p>start");
  EXPECT_EQ(index->content_type, "text/html; charset=utf-8");
  EXPECT_EQ(index->headers.get("Cache-Control"), "no-cache");
  EXPECT_EQ(files.find(get("/assets/old-standing.txt"))->headers.get("Cache-Control"), "no-cache");
  EXPECT_TRUE(files.find(get("/.well-known/x")));
  EXPECT_TRUE(files.find(get("/web/index.html"), 1));
}

TEST_F(StaticFiles, ChoosesThePrecompressedForm) {
  const http::StaticFiles files(folder_);
  const auto body = [&](const char* encodings) {
    const auto found = files.find(get("/assets/app-DiwrgTd4.js", encodings));
    EXPECT_EQ(found->headers.get("Vary"), "Accept-Encoding");
    EXPECT_EQ(found->headers.get("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(found->content_type, "text/javascript; charset=utf-8");
    return std::string(found->body.view());
  };
  EXPECT_EQ(body(""), "plain");
  EXPECT_EQ(body("gzip, deflate, br"), "brotli");
  EXPECT_EQ(body("gzip"), "gzip");
  EXPECT_EQ(body("br;q=0, gzip;q=0.5"), "gzip");
  EXPECT_EQ(body("*"), "brotli");
  EXPECT_EQ(body("*;q=0"), "plain");
  EXPECT_EQ(body("identity"), "plain");
}

TEST_F(StaticFiles, EachFormHasItsOwnTag) {
  const http::StaticFiles files(folder_);
  const auto plain = files.find(get("/assets/app-DiwrgTd4.js"));
  const auto tag = std::string(*plain->headers.get("ETag"));
  EXPECT_EQ(files.find(get("/assets/app-DiwrgTd4.js", "", tag))->status, 304);
  EXPECT_EQ(files.find(get("/assets/app-DiwrgTd4.js", "br", tag))->status, 200);
}

TEST_F(StaticFiles, PutsALineIntoTheHeadOfPages) {
  core::write_file_atomically(folder_ / "index.html", "<head><title>a</title></head><p></head>");
  core::write_file_atomically(folder_ / "index.html.br", "brotli of the page without the line");
  const http::StaticFiles files(folder_, {.html_head = "<meta name=\"x\">"});
  const auto page = files.find(get("/", "br"));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->body.view(), "<head><title>a</title><meta name=\"x\"></head><p></head>");
  EXPECT_FALSE(page->headers.has("Content-Encoding")) << "its precompressed form would be without the line";
  const http::StaticFiles without(folder_);
  EXPECT_NE(page->headers.get("ETag"), without.find(get("/"))->headers.get("ETag"));
  EXPECT_EQ(without.find(get("/", "br"))->headers.get("Content-Encoding"), "br");
  EXPECT_EQ(files.find(get("/assets/old-standing.txt"))->body.view(), "text");
  EXPECT_EQ(files.find(get("/assets/app-DiwrgTd4.js", "br"))->headers.get("Content-Encoding"), "br");
}

TEST_F(StaticFiles, LeavesOutWhatIsNotForTheWeb) {
  const http::StaticFiles files(folder_);
  for (const char* path : {".env", "link", "../index.html", "assets/../index.html", "/etc/hostname", "assets",
                           "assets/app-DiwrgTd4.js.br", "./index.html"}) {
    EXPECT_FALSE(files.find(get("/"), path)) << path;
  }
  EXPECT_EQ(files.size(), 4u);
}

TEST_F(StaticFiles, RefusesAFolderThatIsMissingOrTooLarge) {
  EXPECT_THROW(http::StaticFiles(folder_ / "nothing"), core::Error);
  EXPECT_THROW(http::StaticFiles(folder_, {.max_total_bytes = 10}), core::Error);
}

}  // namespace
