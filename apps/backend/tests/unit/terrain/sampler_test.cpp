#include "terrain/sampler.hpp"

#include "core/error.hpp"

#include "unit/terrain/test_terrain.hpp"
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <thread>
#include <utility>

namespace {

using namespace terrain;
using test_terrain::Folder;
using test_terrain::kVoid;
using test_terrain::Layout;
using test_terrain::make_store;

/// 30° down to the east, 10 m cells.
float east_plane(double column, double) {
  return static_cast<float>(2000 - 10 * column * std::tan(30 * std::numbers::pi / 180));
}
float hills(double column, double row) {
  return static_cast<float>(1500 + 60 * std::sin(column / 7) * std::cos(row / 9) + 3 * column);
}

class OnTerrain : public ::testing::Test {
 protected:
  std::shared_ptr<const Store> store(const std::vector<Layout>& layouts) {
    return make_store(folder_ / ("store" + std::to_string(made_++) + ".terrain"), layouts);
  }
  /// Places by cells of a layout's grid.
  static geo::Line line(const Layout& layout, const std::vector<std::pair<double, double>>& cells) {
    static std::map<std::string, std::unique_ptr<Projection>> projections;
    auto& projection = projections[layout.crs];
    if (!projection)
      projection = std::make_unique<Projection>(describe_crs(layout.crs, layout.frame).pipeline);
    geo::Line out;
    for (const auto& [column, row] : cells) {
      out.points.push_back(projection->inverse({layout.frame.left_x + column * layout.frame.cell_width,
                                                layout.frame.top_y - row * layout.frame.cell_height}));
    }
    return out;
  }
  static geo::LonLat place(const Layout& layout, double column, double row) {
    return line(layout, {{column, row}}).points.front();
  }

  Folder folder_;
  int made_ = 0;
};

double length_m(const geo::Line& line) {
  double sum = 0;
  for (const double leg : geo::leg_lengths_m(line)) sum += leg;
  return sum;
}

void expect_sound(const geo::Line& line, const std::vector<LinePiece>& pieces) {
  ASSERT_FALSE(pieces.empty());
  EXPECT_EQ(pieces.front().from_m, 0);
  EXPECT_DOUBLE_EQ(pieces.back().to_m, length_m(line));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    ASSERT_GT(pieces[i].to_m, pieces[i].from_m);
    if (i == 0) continue;
    if (pieces[i].leg == pieces[i - 1].leg) {
      ASSERT_EQ(pieces[i].from_m, pieces[i - 1].to_m);
      ASSERT_EQ(pieces[i].from_fraction, pieces[i - 1].to_fraction);
    } else {
      ASSERT_NEAR(pieces[i].from_m, pieces[i - 1].to_m, 1e-9);
      ASSERT_EQ(pieces[i].from_fraction, 0);
      ASSERT_EQ(pieces[i - 1].to_fraction, 1);
    }
  }
}

TEST_F(OnTerrain, APlaneIsReadBackEverywhere) {
  const Layout layout{.heights = east_plane};
  const Sampler sampler(store({layout}));
  for (double column = 1.6; column < 98; column += 3.7) {
    const auto sample = sampler.at(place(layout, column, 40.3));
    ASSERT_TRUE(sample.has_value());
    EXPECT_NEAR(sample->elevation_m, east_plane(column, 0), 0.07);
    EXPECT_TRUE(sample->slope_known);
    EXPECT_NEAR(sample->slope_deg, 30, 0.2);
    EXPECT_NEAR(sample->aspect_deg, 90, 0.71);
  }
}

TEST_F(OnTerrain, TheRimHasAnElevationButNoSlope) {
  const Layout layout{.heights = east_plane};
  const Sampler sampler(store({layout}));
  const auto rim = sampler.at(place(layout, 0.4, 50));
  ASSERT_TRUE(rim.has_value());
  EXPECT_FALSE(rim->slope_known);
  EXPECT_NEAR(rim->elevation_m, east_plane(0.5, 0), 0.07);
  EXPECT_FALSE(sampler.at(place(layout, -0.2, 50)).has_value());
  EXPECT_FALSE(sampler.at({0, 0}).has_value());
}

TEST_F(OnTerrain, ALineIsCutAtEveryCellBorder) {
  const Layout layout{.heights = hills};
  const Sampler sampler(store({layout}));
  const auto tour = line(layout, {{10.5, 20.5}, {30.5, 20.5}});
  const auto pieces = sampler.sample(tour);
  expect_sound(tour, pieces);
  ASSERT_EQ(pieces.size(), 21U);
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) EXPECT_NEAR(pieces[i].length_m(), 10, 0.01);
  EXPECT_NEAR(pieces.front().length_m(), 5, 0.01);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(pieces[i].state, PieceState::known);
    const auto cell = sampler.stores()[0]->datasets()[0].cell(static_cast<std::uint32_t>(10 + i), 20);
    EXPECT_EQ(pieces[i].slope_deg, decode_slope_deg(cell.slope));
    EXPECT_EQ(pieces[i].aspect_deg, decode_aspect_deg(cell.slope, cell.aspect));
  }
}

TEST_F(OnTerrain, LeavingTheGridAndVoidsIsUnknownNotGuessed) {
  const Layout layout{.heights = [](double column, double row) {
    return column > 40 && column < 44 && row > 18 && row < 23 ? kVoid : hills(column, row);
  }};
  const Sampler sampler(store({layout}));
  const auto tour = line(layout, {{-20, 20.5}, {120, 20.5}});
  const auto pieces = sampler.sample(tour);
  expect_sound(tour, pieces);
  std::vector<std::pair<double, double>> unknown;
  for (const auto& piece : pieces) {
    if (piece.state == PieceState::no_elevation) unknown.emplace_back(piece.from_m, piece.to_m);
  }
  // Outside and the rim; the four void columns and the one on either side, whose windows reach into them;
  // outside. 140 cells are two chords of 700 m, so no further cut.
  ASSERT_EQ(unknown.size(), 3U);
  EXPECT_NEAR(unknown[0].second, 210, 0.2);
  EXPECT_NEAR(unknown[1].first, 590, 0.5);
  EXPECT_NEAR(unknown[1].second, 650, 0.5);
  EXPECT_NEAR(unknown[2].first, 1190, 0.8);
}

TEST_F(OnTerrain, GapLegsAreGapsAndZeroLegsAreNothing) {
  const Layout layout{.heights = hills};
  const Sampler sampler(store({layout}));
  auto tour = line(layout, {{10, 10}, {20, 12}, {20, 12}, {60, 50}, {70, 50}});
  tour.gap_legs = {2};
  const auto pieces = sampler.sample(tour);
  expect_sound(tour, pieces);
  for (const auto& piece : pieces) {
    EXPECT_EQ(piece.state == PieceState::line_gap, piece.leg == 2);
    EXPECT_NE(piece.leg, 1U);
  }
  EXPECT_EQ(std::ranges::count(pieces, 2U, &LinePiece::leg), 1);
}

TEST_F(OnTerrain, TheFinestGridAnswersAndCoarserOnesFillItsHoles) {
  const Layout fine{.frame = {500'200, 5'249'800, 5, 5, 80, 80}, .heights = [](double column, double) {
                      return column > 40 ? kVoid : static_cast<float>(1000 + column);
                    }};
  const Layout coarse{.frame = {500'000, 5'250'000, 20, 20, 60, 60}, .heights = [](double column, double) {
                        return static_cast<float>(1500 - 20 * column);
                      }};
  const Sampler sampler({store({coarse}), store({fine})});
  const auto tour = line(coarse, {{2, 15.3}, {50, 15.3}});
  const auto pieces = sampler.sample(tour);
  expect_sound(tour, pieces);
  for (const auto& piece : pieces) {
    ASSERT_EQ(piece.state, PieceState::known);
    // The fine grid has slopes from its second column (205 m) to two before its void (395 m); 40 m lead in.
    const double middle_m = 40 + (piece.from_m + piece.to_m) / 2;
    const bool in_fine = middle_m > 205 && middle_m < 395;
    ASSERT_EQ(piece.store, in_fine ? 1 : 0) << middle_m;
  }
  EXPECT_EQ(sampler.at(place(fine, 20, 30))->store, 1);
  EXPECT_EQ(sampler.at(place(fine, 60, 30))->store, 0);
}

std::vector<std::pair<double, double>> random_tour(std::mt19937& random) {
  std::uniform_real_distribution<double> cell(-8, 108);
  std::uniform_int_distribution<int> count(2, 7);
  std::vector<std::pair<double, double>> cells(static_cast<std::size_t>(count(random)));
  for (auto& [column, row] : cells) {
    column = cell(random);
    row = cell(random);
  }
  return cells;
}

Layout holed_hills() {
  return {.heights = [](double column, double row) {
    return std::fmod(column * 7 + row * 13, 97) < 3 ? kVoid : hills(column, row);
  }};
}

TEST_F(OnTerrain, TheWayBackIsTheMirrorOfTheWayThere) {
  const Layout layout = holed_hills();
  const Sampler sampler(store({layout}));
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    const auto tour = line(layout, random_tour(random));
    auto reversed = tour;
    std::ranges::reverse(reversed.points);
    const auto there = sampler.sample(tour);
    const auto back = sampler.sample(reversed);
    const double total_m = length_m(tour);
    expect_sound(tour, there);
    ASSERT_EQ(there.size(), back.size());
    for (std::size_t i = 0; i < there.size(); ++i) {
      const auto& mirror = back[back.size() - 1 - i];
      ASSERT_NEAR(there[i].from_m, total_m - mirror.to_m, 1e-5);
      ASSERT_EQ(there[i].state, mirror.state);
      ASSERT_EQ(there[i].slope_deg, mirror.slope_deg);
      ASSERT_EQ(there[i].aspect_deg, mirror.aspect_deg);
      ASSERT_NEAR(there[i].elevation_m, mirror.elevation_m, 1e-2);
    }
  }
}

/// Metres along which two ways of cutting the same line disagree about the ground.
double metres_that_differ(const std::vector<LinePiece>& a, const std::vector<LinePiece>& b) {
  double metres = 0;
  double at_m = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const double next_m = std::min(a[i].to_m, b[j].to_m);
    const bool same =
        a[i].state == b[j].state && a[i].slope_deg == b[j].slope_deg && a[i].aspect_deg == b[j].aspect_deg;
    if (!same) metres += next_m - at_m;
    at_m = next_m;
    if (a[i].to_m <= next_m) ++i;
    if (j < b.size() && b[j].to_m <= next_m) ++j;
  }
  return metres;
}

TEST_F(OnTerrain, MoreVerticesOnTheSameWayChangeNoCell) {
  const Layout layout = holed_hills();
  const Sampler sampler(store({layout}));
  std::mt19937 random(9);
  for (int round = 0; round < 100; ++round) {
    const auto tour = line(layout, random_tour(random));
    geo::Line finer;
    for (std::size_t leg = 0; leg + 1 < tour.points.size(); ++leg) {
      for (const double part : {0.0, 0.25, 0.6}) {
        finer.points.push_back({std::lerp(tour.points[leg].lon_deg, tour.points[leg + 1].lon_deg, part),
                                std::lerp(tour.points[leg].lat_deg, tour.points[leg + 1].lat_deg, part)});
      }
    }
    finer.points.push_back(tour.points.back());
    // A chord lies up to a centimetre beside the finer line: cell borders shift by that, and where it grazes
    // a corner by some more.
    const auto pieces = sampler.sample(tour);
    ASSERT_LT(metres_that_differ(pieces, sampler.sample(finer)), 0.002 * pieces.back().to_m);
  }
}

TEST_F(OnTerrain, LongLegsFollowTheStraightLineInLongitudeAndLatitude) {
  // 60 km along a parallel at 47.4°; straight in the grid it would leave the parallel by 80 m.
  const Layout layout{.frame = {500'000, 5'260'000, 100, 100, 900, 300},
                      .heights = [](double, double row) { return static_cast<float>(1000 + row); }};
  const Sampler sampler(store({layout}));
  const geo::Line tour{{{9.1, 47.4}, {9.9, 47.4}}, {}, ""};
  const auto pieces = sampler.sample(tour);
  expect_sound(tour, pieces);
  for (const auto& piece : pieces) {
    const double part = (double{piece.from_fraction} + double{piece.to_fraction}) / 2;
    const auto exact = sampler.at({std::lerp(9.1, 9.9, part), 47.4});
    ASSERT_TRUE(exact.has_value());
    ASSERT_NEAR(piece.elevation_m, exact->elevation_m, 0.003)
        << "a row is 100 m and 1 m of height: 3 mm are 30 cm";
  }
}

TEST_F(OnTerrain, ProfilesHaveEveryStepAndEveryVertex) {
  const Layout layout{.heights = hills};
  const Sampler sampler(store({layout}));
  const auto tour = line(layout, {{10, 10}, {43, 12}, {60, 50}});
  const auto profile = sampler.profile(tour, 25);
  const double total_m = length_m(tour);
  ASSERT_GE(profile.size(), static_cast<std::size_t>(total_m / 25) + 2);
  EXPECT_EQ(profile.front().distance_m, 0);
  EXPECT_NEAR(profile.back().distance_m, total_m, 1e-9);
  EXPECT_NEAR(profile.back().at.lon_deg, tour.points.back().lon_deg, 1e-12);
  for (std::size_t i = 1; i < profile.size(); ++i) {
    ASSERT_GT(profile[i].distance_m, profile[i - 1].distance_m);
    ASSERT_LE(profile[i].distance_m, profile[i - 1].distance_m + 25 + 1e-9);
    const auto exact = sampler.at(profile[i].at);
    ASSERT_EQ(exact.has_value(), profile[i].sample.has_value());
    ASSERT_NEAR(exact->elevation_m, profile[i].sample->elevation_m, 0.01);
  }
  EXPECT_THROW(sampler.profile(tour, 0), core::Error);
}

TEST_F(OnTerrain, ThreadsGetTheSameAnswers) {
  const Layout layout = holed_hills();
  const Sampler sampler(store({layout}));
  std::mt19937 random(21);
  std::vector<geo::Line> tours;
  for (int i = 0; i < 40; ++i) tours.push_back(line(layout, random_tour(random)));
  std::vector<std::vector<LinePiece>> alone;
  for (const auto& tour : tours) alone.push_back(sampler.sample(tour));
  std::atomic<int> different = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < tours.size(); ++i) {
        const auto pieces = sampler.sample(tours[i]);
        const bool same = std::ranges::equal(pieces, alone[i], [](const LinePiece& a, const LinePiece& b) {
          return a.from_m == b.from_m && a.to_m == b.to_m && a.elevation_m == b.elevation_m &&
                 a.slope_deg == b.slope_deg && a.aspect_deg == b.aspect_deg && a.state == b.state;
        });
        if (!same) ++different;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(different, 0);
}

TEST_F(OnTerrain, WithoutStoresEverythingIsUnknown) {
  const Sampler sampler(std::vector<std::shared_ptr<const Store>>{});
  const geo::Line tour{{{9, 47}, {9.01, 47}}, {}, ""};
  const auto pieces = sampler.sample(tour);
  expect_sound(tour, pieces);
  EXPECT_EQ(pieces.size(), 1U);
  EXPECT_EQ(pieces.front().state, PieceState::no_elevation);
}

}  // namespace
