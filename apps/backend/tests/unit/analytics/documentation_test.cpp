// The page for app developers names every event and prop of the catalogue.

#include "core/files.hpp"

#include "analytics/catalogue.hpp"
#include <gtest/gtest.h>

namespace analytics {
namespace {

TEST(AnalyticsPage, NamesEveryEventAndProp) {
  const auto page = core::read_file(ASPECTAVY_REPO_DIR "/docs/integrate/analytics.md");
  for (const auto& [event, props] : Catalogue::built_in().events()) {
    const auto begin = page.find("| `" + event + "` |");
    ASSERT_NE(begin, std::string::npos) << event;
    const auto row = page.substr(begin, page.find('\n', begin) - begin);
    for (const auto& [prop, rule] : props) {
      EXPECT_NE(row.find("`" + prop + "`: "), std::string::npos) << event << "." << prop;
      for (const auto& choice : rule.choices)
        EXPECT_NE(row.find("`" + choice + "`"), std::string::npos) << event << "." << prop << " " << choice;
    }
  }
}

}  // namespace
}  // namespace analytics
