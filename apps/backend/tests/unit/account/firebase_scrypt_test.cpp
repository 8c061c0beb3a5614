#include "account/firebase_scrypt.hpp"

#include "core/base64.hpp"

#include <gtest/gtest.h>

#include <set>

namespace account {
namespace {

/// Of a project of our own.
constexpr const char* kOwnKey =
    "TQGAYIX9XL3lv9WG/jB4i/TjC6WmY+A31luSjYCXIXsk7hf8bLqxZrC3j11bynDlX3p6wIZlLcH8jQZANPpkbw==";
/// Of the README and the tests of firebase/scrypt.
constexpr const char* kReadmeKey =
    "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==";
/// Of supabase/auth's tests.
constexpr const char* kOtherKey =
    "ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==";

struct Vector {
  const char* name;
  const char* key;
  const char* password;
  const char* salt;
  const char* separator;
  long rounds;
  long mem_cost;
  const char* hash;
};

FirebaseScrypt project(const Vector& vector) {
  std::vector<core::FieldError> faults;
  auto how = FirebaseScrypt::read(vector.key, vector.separator, vector.rounds, vector.mem_cost, faults);
  EXPECT_TRUE(faults.empty());
  return how;
}

bool matches(const Vector& vector, const std::string& password) {
  return project(vector).is_hash_of(password, *core::parse_base64(vector.salt),
                                    *core::parse_base64(vector.hash));
}

class FirebaseVectors : public testing::TestWithParam<Vector> {};

TEST_P(FirebaseVectors, AreHashesOfTheirPasswordsOnly) {
  const auto& vector = GetParam();
  EXPECT_TRUE(matches(vector, vector.password));
  EXPECT_FALSE(matches(vector, std::string(vector.password) + " "));
  EXPECT_FALSE(matches(vector, ""));
}

INSTANTIATE_TEST_SUITE_P(
    All, FirebaseVectors,
    testing::Values(
        Vector{"Ascii", kOwnKey, "correct horse", "AAECAwQFBgcICQ==", "Bw==", 8, 14,
               "T6hoRcoPaXEavKMjYq/p72w01qSDE+oGMi39O9dDmVHg5WzsLGHNq1txdDOKGImXctmsY+GdfhZKY+izpjkJgg=="},
        Vector{"Composed", kOwnKey, "p\u00e4ssw\u00f6rd-\u96ea\u5d29", "EBAQEBAQEBAQEA==", "Bw==", 8, 14,
               "IVciZyS5jfoHBDiYKyzGrCGjvEnleN+5Kjv9VPD7DKC+OERmRnvKji25fxXpy5Rn2SnfeX8SMm8+dn0AqXcVmQ=="},
        Vector{"Decomposed", kOwnKey, "pa\u0308sswo\u0308rd-\u96ea\u5d29", "EBAQEBAQEBAQEA==", "Bw==", 8, 14,
               "n2borQcQ5535Q9zit/XTpnQN6oaMTMnitTMQ5ot4yjkJWSqaXqLi3rOHeN2fXnUuGbj9vU8MKSOfA5CNBMfrmg=="},
        Vector{"TrailingSpace", kOwnKey, "hunter2 ", "c2FsdHNhbHRzYQ==", "Bw==", 8, 14,
               "SZESItOEvai9EaTuuNDTca8PeeZDhQNE0gdNQobT2JsPhYkhY0PIBoy/y7xwyGMcPmnsdgXvZBWF2b6xABx9hg=="},
        Vector{"NoSeparator", kOwnKey, "hunter2", "c2FsdHNhbHRzYQ==", "", 8, 14,
               "BC24s4pGVGtxSUAH+kyEc8wBrwZZi2DhsOvVy1dgfyKb8bz3ANFnkdex24RtReKmiPKQaC8Sla77Tn1w/GHr7w=="},
        Vector{"SmallParameters", kOwnKey, "hunter2", "c2FsdHNhbHRzYQ==", "Bw==", 1, 1,
               "IJliY14Pd5H2vUUzqcUScteV1QKmF3svqsGiSnwXLQTXyJMH5xmdnAke6I3911FhVO3YynQODZbafEmTHjCNAA=="},
        Vector{"ShortestPassword", kOwnKey, "6chars", "//79/Pv6+fj39g==", "Bw==", 8, 10,
               "fzKml+1GKEIP56kGvhHIN+YO48C/l8a9nh6AHw+SkYsNRQLL57YVNFbIqzEj6+5AELfPWGFriIKGwLUq0mV3bA=="},
        Vector{"Readme", kReadmeKey, "user1password", "42xEC+ixf3L2lw==", "Bw==", 8, 14,
               "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="},
        Vector{"ReadmeTwo", kReadmeKey, "hunter2", "42xEC+ixf3L2lw==", "Bw==", 8, 14,
               "70k8Vg5B3/OrvJOiqusnasv0dLcBHoDAqJrJr7TRLBfMw4MitWx51YXJYFdGiyMbMeKtWtLf5HiBDcN0SUOm4A=="},
        Vector{"Supabase", kOtherKey, "mytestpassword", "C0sHCg9ek77hsg==", "Bw==", 8, 14,
               "zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw=="}),
    [](const auto& row) { return row.param.name; });

const Vector kSmall{
    "",        kOwnKey,
    "hunter2", "c2FsdHNhbHRzYQ==",
    "Bw==",    1,
    1,         "IJliY14Pd5H2vUUzqcUScteV1QKmF3svqsGiSnwXLQTXyJMH5xmdnAke6I3911FhVO3YynQODZbafEmTHjCNAA=="};

TEST(FirebaseScrypt, TakesTheUrlSafeAlphabetTooWithOrWithoutPadding) {
  auto vector = kSmall;
  for (const char* hash :
       {"IJliY14Pd5H2vUUzqcUScteV1QKmF3svqsGiSnwXLQTXyJMH5xmdnAke6I3911FhVO3YynQODZbafEmTHjCNAA",
        "IJliY14Pd5H2vUUzqcUScteV1QKmF3svqsGiSnwXLQTXyJMH5xmdnAke6I3911FhVO3YynQODZbafEmTHjCNAA=="}) {
    vector.hash = hash;
    EXPECT_TRUE(matches(vector, "hunter2"));
  }
  vector = {.name = "",
            .key = "TQGAYIX9XL3lv9WG_jB4i_TjC6WmY-A31luSjYCXIXsk7hf8bLqxZrC3j11bynDlX3p6wIZlLcH8jQZANPpkbw",
            .password = "6chars",
            .salt = "__79_Pv6-fj39g",
            .separator = "Bw",
            .rounds = 8,
            .mem_cost = 10,
            .hash = "fzKml-1GKEIP56kGvhHIN-YO48C_l8a9nh6AHw-SkYsNRQLL57YVNFbIqzEj6-5AELfPWGFriIKGwLUq0mV3bA"};
  EXPECT_TRUE(matches(vector, "6chars"));
}

TEST(FirebaseScrypt, RefusesAHashThatIsNotAsLongAsTheKey) {
  const auto how = project(kSmall);
  const auto salt = *core::parse_base64(kSmall.salt);
  const auto hash = *core::parse_base64(kSmall.hash);
  EXPECT_TRUE(how.is_hash_of("hunter2", salt, hash));
  EXPECT_FALSE(how.is_hash_of("hunter2", salt, hash.substr(0, 63)));
  EXPECT_FALSE(how.is_hash_of("hunter2", salt, hash + "x"));
  EXPECT_FALSE(how.is_hash_of("hunter2", salt, ""));
  EXPECT_FALSE(how.is_hash_of("hunter2", "", hash));
}

struct BadParameters {
  const char* key;
  const char* separator;
  long rounds;
  long mem_cost;
  std::set<std::string> faults;
};

TEST(FirebaseScrypt, RefusesParametersOutOfRangeAllAtOnce) {
  using Names = std::set<std::string>;
  constexpr long kHuge = 1L << 62;
  for (const auto& row :
       {BadParameters{kOwnKey, "Bw==", 0, 14, {"rounds"}}, BadParameters{kOwnKey, "Bw==", 9, 14, {"rounds"}},
        BadParameters{kOwnKey, "Bw==", -1, 14, {"rounds"}},
        BadParameters{kOwnKey, "Bw==", kHuge, 14, {"rounds"}},
        BadParameters{kOwnKey, "Bw==", 8, 0, {"memCost"}}, BadParameters{kOwnKey, "Bw==", 8, 15, {"memCost"}},
        BadParameters{kOwnKey, "Bw==", 8, 21, {"memCost"}},
        BadParameters{kOwnKey, "Bw==", 8, kHuge, {"memCost"}},
        BadParameters{"no base64!", "Bw==", 8, 14, {"signerKey"}},
        BadParameters{"", "Bw==", 8, 14, {"signerKey"}}, BadParameters{"Bw==", "Bw==", 8, 14, {"signerKey"}},
        BadParameters{kOwnKey, "Bw=", 8, 14, {"saltSeparator"}},
        BadParameters{kOwnKey, "B", 8, 14, {"saltSeparator"}},
        BadParameters{"x", "!", 0, 0, {"signerKey", "saltSeparator", "rounds", "memCost"}}}) {
    std::vector<core::FieldError> faults;
    FirebaseScrypt::read(row.key, row.separator, row.rounds, row.mem_cost, faults);
    Names names;
    for (const auto& fault : faults) names.insert(fault.path);
    EXPECT_EQ(names, row.faults) << row.key << " " << row.separator << " " << row.rounds << " "
                                 << row.mem_cost;
  }
}

TEST(FirebaseScrypt, DoesNotComputeWithParametersOutOfRange) {
  auto how = project(kSmall);
  how.mem_cost = 21;
  EXPECT_THROW(how.is_hash_of("hunter2", "salt", "hash"), core::Error) << "2 GiB";
  how = project(kSmall);
  how.rounds = 0;
  EXPECT_THROW(how.is_hash_of("hunter2", "salt", "hash"), core::Error);
}

}  // namespace
}  // namespace account
