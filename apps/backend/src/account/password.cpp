#include "account/password.hpp"

#include <sodium.h>
#include <zxcvbn.h>

#include <algorithm>
#include <future>
#include <memory>

namespace account {
namespace {

constexpr std::size_t kMinCharacters = 10;
constexpr std::size_t kMaxCharacters = 128;
constexpr std::size_t kMaxBytes = 1024;
/// zxcvbn's work grows with the square of the length; what comes behind makes no password weaker.
constexpr std::size_t kJudgedBytes = 64;
/// 10^8 guesses: beyond what a throttled sign-in lets anybody try.
constexpr double kMinEntropy_bits = 26.6;

std::size_t count_characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

double entropy_bits(std::string_view password, std::span<const std::string> context) {
  std::vector<const char*> words;
  for (const auto& word : context) words.push_back(word.c_str());
  words.push_back(nullptr);
  const std::string judged(password.substr(0, kJudgedBytes));
  return ZxcvbnMatch(judged.c_str(), words.data(), nullptr);
}

std::string argon2id(const PasswordCost& cost, std::string_view password) {
  std::string phc(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str(phc.data(), password.data(), password.size(), cost.passes, cost.memory_kib * 1024) !=
      0) {
    throw core::Error(core::ErrorKind::unavailable, "unavailable", "There is no memory to check a password.");
  }
  phc.resize(phc.find('\0'));
  return phc;
}

}  // namespace

bool PasswordCost::reaches_floor() const {
  if (passes >= 3) return memory_kib >= 12'288;
  if (passes == 2) return memory_kib >= 19'456;
  return passes == 1 && memory_kib >= 47'104;
}

std::vector<core::FieldError> check_new_password(std::string_view password,
                                                 std::span<const std::string> context,
                                                 std::string_view field) {
  const auto fault = [&](std::string code, std::string message) {
    return std::vector<core::FieldError>{{std::string(field), std::move(code), std::move(message)}};
  };
  const auto characters = count_characters(password);
  if (characters < kMinCharacters)
    return fault("too_short", "must have at least 10 characters (has " + std::to_string(characters) + ")");
  if (characters > kMaxCharacters || password.size() > kMaxBytes)
    return fault("too_long", "must have at most 128 characters and 1024 bytes");
  if (entropy_bits(password, context) < kMinEntropy_bits)
    return fault("too_easy", "is easily guessed; use several unrelated words");
  return {};
}

PasswordHasher::PasswordHasher(PasswordCost cost, std::size_t threads, std::size_t queue_limit)
    : cost_(cost), pool_("hash", threads, queue_limit), nobodys_(argon2id(cost, "nobody's password")) {}

template <typename Work>
auto PasswordHasher::on_pool(Work work) {
  using Result = decltype(work());
  auto task = std::make_shared<std::packaged_task<Result()>>(std::move(work));
  auto result = task->get_future();
  if (!pool_.try_post([task] { (*task)(); })) {
    throw core::Error(core::ErrorKind::unavailable, "unavailable", "Too many people sign in at this moment.");
  }
  return result.get();
}

std::string PasswordHasher::hash(std::string_view password) {
  return on_pool([this, password] { return argon2id(cost_, password); });
}

bool PasswordHasher::verify(std::string_view phc, std::string_view password) {
  const std::string against(phc.empty() ? std::string_view(nobodys_) : phc);
  const bool matches = on_pool([&against, password] {
    return crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  });
  return matches && !phc.empty();
}

bool PasswordHasher::check(const std::function<bool()>& check) {
  return on_pool([&check] { return check(); });
}

bool PasswordHasher::needs_rehash(const std::string& phc) const {
  return crypto_pwhash_str_needs_rehash(phc.c_str(), cost_.passes, cost_.memory_kib * 1024) != 0;
}

}  // namespace account
