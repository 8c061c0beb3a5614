// Properties that hold for every route and forecast, tried on many random ones. A failure names its seed.

#include "core/error.hpp"
#include "grading/json.hpp"

#include "unit/grading/random_scene.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace {

using namespace scene;  // NOLINT: the test's own vocabulary

constexpr std::uint32_t kRounds = 4000;

const grading::Ruleset& rules() {
  static const grading::Ruleset loaded = grading::default_ruleset();
  return loaded;
}

Grade grade(Scene& scene) { return scene.assess(rules()).in_force.grade; }

std::vector<Grade> all_grades(Scene& scene) {
  const auto result = scene.assess(rules());
  std::vector<Grade> grades = {result.in_force.grade};
  for (const auto& level : result.levels) grades.push_back(level.grade);
  return grades;
}

/// Less knowledge may turn red into unknown, but nothing into something greener.
bool greener_after_loss(Grade before, Grade after) {
  const auto rank = [](Grade value) {
    return std::min(static_cast<int>(value), static_cast<int>(Grade::unknown));
  };
  return rank(after) < rank(before);
}

TEST(Properties, RandomScenesReachEveryGrade) {
  std::array<int, 4> seen{};
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    ++seen[static_cast<std::size_t>(grade(scene))];
  }
  for (const int count : seen) EXPECT_GT(count, static_cast<int>(kRounds) / 50);
}

TEST(Properties, MoreDangerIsNeverGreener) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const Grade before = grade(scene);
    Dice dice(seed + 1);
    auto& forecast = scene.zones[dice.below(2)].forecast;
    auto& rating = forecast.ratings[dice.below(forecast.ratings.size())];
    rating.level = static_cast<DangerLevel>(std::min(static_cast<int>(*rating.level) + 1, 5));
    EXPECT_GE(grade(scene), before) << seed;
  }
}

TEST(Properties, AFurtherProblemIsNeverGreener) {
  int tried = 0;
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    Dice dice(seed + 1);
    auto& problems = scene.zones[0].forecast.problems;
    // The first problem may begin a core zone; then the one-level rule starts to apply.
    const auto states_core = [](const auto& p) { return p.type != ProblemType::no_distinct_problem; };
    if (std::none_of(problems.begin(), problems.end(), states_core)) continue;
    ++tried;
    const Grade before = grade(scene);
    problems.push_back(random_problem(dice));
    EXPECT_GE(grade(scene), before) << seed;
  }
  EXPECT_GT(tried, 500);
}

TEST(Properties, SteeperIsNeverGreener) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const auto before = all_grades(scene);
    Dice dice(seed + 1);
    for (int i = 0; i < 3; ++i) {
      auto& on = scene.ground[dice.below(scene.ground.size())];
      // Gentle ground that gets an aspect is known better, not only steeper; see the next property.
      if (on.slope_deg >= rules().flat_below_deg) on.slope_deg += static_cast<float>(dice.between(0, 20));
    }
    const auto after = all_grades(scene);
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_GE(after[i], before[i]) << seed << " " << i;
  }
}

TEST(Properties, GentleGroundThatSteepensStaysClosed) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    for (auto& on : scene.ground) on.state = terrain::PieceState::known;
    const Grade before = grade(scene);
    if (before == Grade::unknown) continue;
    Dice dice(seed + 1);
    scene.ground[dice.below(scene.ground.size())].slope_deg += 15;
    EXPECT_GE(grade(scene), before) << seed;
  }
}

/// One way to lose or spoil an input.
using Loss = void (*)(Scene&, Dice&);
const Loss kLosses[] = {
    [](Scene& s, Dice& d) { s.ground[d.below(s.ground.size())].state = terrain::PieceState::no_elevation; },
    [](Scene& s, Dice& d) { s.ground[d.below(s.ground.size())].state = terrain::PieceState::line_gap; },
    [](Scene& s, Dice& d) { s.ground[d.below(s.ground.size())].aspect_deg = -1; },
    [](Scene& s, Dice& d) { s.ground[d.below(s.ground.size())].slope_deg = std::nanf(""); },
    [](Scene& s, Dice& d) { s.ground[d.below(s.ground.size())].slope_deg = -1; },
    [](Scene& s, Dice& d) { s.ground[d.below(s.ground.size())].elevation_m = std::nanf(""); },
    [](Scene& s, Dice& d) { s.zones[d.below(2)].has_forecast = false; },
    [](Scene& s, Dice& d) {
      s.zones[d.below(2)].freshness = static_cast<forecast::Freshness>(2 + d.below(4));
    },
    [](Scene& s, Dice& d) { s.zones[d.below(2)].forecast.expires_at.reset(); },
    [](Scene& s, Dice& d) { s.zone_sets[d.below(2)].clear(); },
    [](Scene& s, Dice& d) { s.zones[d.below(2)].heights = {}; },
    [](Scene& s, Dice& d) {
      auto& ratings = s.zones[d.below(2)].forecast.ratings;
      ratings.erase(ratings.begin() + d.below(ratings.size()));
    },
    [](Scene& s, Dice& d) {
      auto& ratings = s.zones[d.below(2)].forecast.ratings;
      auto& rating = ratings[d.below(ratings.size())];
      rating.level.reset();
      rating.state = static_cast<RatingState>(1 + d.below(8));
    },
    [](Scene& s, Dice& d) {
      auto& forecast = s.zones[d.below(2)].forecast;
      forecast.problems.clear();
      forecast.problems_stated = false;
    },
    [](Scene& s, Dice& d) {
      auto& problems = s.zones[d.below(2)].forecast.problems;
      if (!problems.empty()) problems[d.below(problems.size())].type = ProblemType::unrecognised;
    },
    [](Scene& s, Dice& d) {
      auto& problems = s.zones[d.below(2)].forecast.problems;
      if (!problems.empty()) problems[d.below(problems.size())].coverage_complete = false;
    },
    [](Scene& s, Dice& d) {
      auto& problems = s.zones[d.below(2)].forecast.problems;
      if (!problems.empty()) {
        problems[d.below(problems.size())].where.lower.kind = forecast::ElevationBound::Kind::unrecognised;
      }
    },
};

TEST(Properties, LosingOrSpoilingAnyInputIsNeverGreener) {
  for (std::uint32_t seed = 0; seed < kRounds / 4; ++seed) {
    for (std::size_t loss = 0; loss < std::size(kLosses); ++loss) {
      auto scene = random_scene(seed);
      const auto before = all_grades(scene);
      Dice dice(seed + static_cast<std::uint32_t>(loss));
      kLosses[loss](scene, dice);
      const auto after = all_grades(scene);
      for (std::size_t i = 0; i < before.size(); ++i) {
        ASSERT_FALSE(greener_after_loss(before[i], after[i]))
            << "seed " << seed << " loss " << loss << " grade " << i << ": " << to_string(before[i]) << " → "
            << to_string(after[i]);
      }
    }
  }
}

TEST(Properties, WithoutAnyKnowledgeNothingIsGreen) {
  for (std::uint32_t seed = 0; seed < kRounds / 10; ++seed) {
    auto scene = random_scene(seed);
    for (auto& zone : scene.zones) zone.has_forecast = false;
    EXPECT_EQ(grade(scene), Grade::unknown) << seed;
  }
}

TEST(Properties, AReversedRouteHasTheSameGrades) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const auto before = all_grades(scene);
    std::reverse(scene.ground.begin(), scene.ground.end());
    EXPECT_EQ(all_grades(scene), before) << seed;
  }
}

TEST(Properties, ReversingKeepsARouteAtTheThreshold) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    Dice dice(seed);
    Scene scene({{dice.between(1, 5000), 10}}, zone({rating(DangerLevel::considerable)}));
    // Parts that add up to 40 m but for rounding.
    double left_m = 40;
    for (int i = 0; i < 6; ++i) {
      const double part_m = left_m * dice.between(0.1, 0.5);
      scene.ground.push_back({part_m, 36});
      left_m -= part_m;
    }
    scene.ground.push_back({left_m, 36});
    scene.ground.push_back({dice.between(1, 50), 10});
    EXPECT_EQ(grade(scene), Grade::red) << seed;
    std::reverse(scene.ground.begin(), scene.ground.end());
    EXPECT_EQ(grade(scene), Grade::red) << seed;
  }
}

TEST(Properties, CuttingPiecesChangesNoGrade) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const auto before = all_grades(scene);
    Dice dice(seed + 1);
    std::vector<Ground> cut;
    for (const auto& on : scene.ground) {
      const double first_m = on.length_m * dice.between(0.01, 0.99);
      cut.push_back(on);
      cut.back().length_m = first_m;
      cut.push_back(on);
      cut.back().length_m = on.length_m - first_m;
    }
    scene.ground = cut;
    EXPECT_EQ(all_grades(scene), before) << seed;
  }
}

TEST(Properties, StretchesUnknownsAndSectionsFitTheWhole) {
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const auto result = scene.assess(rules());
    const auto& in_force = result.in_force;
    double at_m = 0;
    for (const auto& section : in_force.sections) {
      EXPECT_NEAR(section.span.from_m, at_m, 1e-9) << seed;
      at_m = section.span.to_m;
    }
    EXPECT_NEAR(at_m, result.whole.to_m, 1e-9) << seed;
    EXPECT_LE(in_force.no_go_m + in_force.unknown_m, result.whole.length_m() + 1e-6) << seed;
    Grade worst = in_force.unknown.empty() ? Grade::green : Grade::unknown;
    for (const auto& stretch : in_force.stretches) {
      EXPECT_EQ(stretch.grade, grading::grade_of_length(stretch.span.length_m(), rules())) << seed;
      EXPECT_GE(stretch.slope_max_deg + 1e-3, stretch.slope_mean_deg) << seed;
      worst = std::max(worst, stretch.grade);
    }
    EXPECT_EQ(in_force.grade, worst) << seed;
  }
}

TEST(Properties, AFragilityOfSlopeIsWhatSteeperGroundGives) {
  int tried = 0;
  for (std::uint32_t seed = 0; seed < kRounds; ++seed) {
    auto scene = random_scene(seed);
    const auto margin = scene.assess(rules()).in_force.fragility.slope_to_red_deg;
    if (!margin) continue;
    ++tried;
    const auto steepened = [&](double by_deg) {
      Scene changed = scene;
      for (auto& on : changed.ground) {
        // Keep the aspect class: only the slope is to change.
        if (on.slope_deg < rules().flat_below_deg) on.aspect_deg = -1;
        on.slope_deg += static_cast<float>(by_deg);
      }
      return grade(changed);
    };
    EXPECT_EQ(steepened(*margin), Grade::red) << seed;
    EXPECT_NE(steepened(*margin - 0.4), Grade::red) << seed;
  }
  EXPECT_GT(tried, 100);
}

TEST(Properties, OneThreadAndManyGiveTheSameBytes) {
  constexpr std::uint32_t kScenes = 64;
  std::vector<std::string> alone;
  for (std::uint32_t seed = 0; seed < kScenes; ++seed) {
    auto scene = random_scene(seed);
    alone.push_back(grading::render_json(scene.assess(rules())));
  }
  std::array<std::vector<std::string>, 8> together;
  std::vector<std::thread> threads;
  for (auto& mine : together) {
    threads.emplace_back([&mine] {
      for (std::uint32_t seed = 0; seed < kScenes; ++seed) {
        auto scene = random_scene(seed);
        mine.push_back(grading::render_json(scene.assess(rules())));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& each : together) EXPECT_EQ(each, alone);
}

}  // namespace
