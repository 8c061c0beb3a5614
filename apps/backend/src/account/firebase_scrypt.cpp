#include "account/firebase_scrypt.hpp"

#include "core/base64.hpp"
#include "core/hash.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <cstdint>
#include <limits>
#include <memory>

namespace account {
namespace {

constexpr long kMostRounds = 8;
constexpr long kMostMemCost = 14;
constexpr std::size_t kLeastKeyBytes = 16;
constexpr std::size_t kMostKeyBytes = 256;
constexpr std::size_t kMostSeparatorBytes = 16;
constexpr std::size_t kAesKeyBytes = 32;

struct FreeKdf {
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
};
struct FreeKdfContext {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};
struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

[[noreturn]] void fail(const char* what) {
  throw core::Error(core::ErrorKind::internal, "internal", "A password could not be checked.", what);
}

/// OpenSSL takes pointers to what it does not change.
void* bytes_of(std::string_view text) { return const_cast<char*>(text.data()); }

using AesKey = std::array<unsigned char, kAesKeyBytes>;

AesKey derive(const FirebaseScrypt& how, std::string_view password, const std::string& salt) {
  const std::unique_ptr<EVP_KDF, FreeKdf> kdf(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr));
  if (!kdf) fail("scrypt is missing");
  const std::unique_ptr<EVP_KDF_CTX, FreeKdfContext> context(EVP_KDF_CTX_new(kdf.get()));
  if (!context) fail("no memory for scrypt");
  std::uint64_t n = std::uint64_t{1} << how.mem_cost;
  std::uint32_t r = how.rounds;
  std::uint32_t p = 1;
  std::uint64_t most_memory = 128 * static_cast<std::uint64_t>(r) * (n + p + 2) + (1U << 20);
  const std::array params = {
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, bytes_of(password), password.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, bytes_of(salt), salt.size()),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
      OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
      OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &most_memory),
      OSSL_PARAM_construct_end()};
  AesKey key{};
  if (EVP_KDF_derive(context.get(), key.data(), key.size(), params.data()) != 1) fail("scrypt failed");
  return key;
}

/// AES-256 in counter mode from zero.
std::string encipher(const AesKey& key, std::string_view plain) {
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext> context(EVP_CIPHER_CTX_new());
  if (!context) fail("no memory for the cipher");
  const std::array<unsigned char, 16> zero{};
  std::string cipher(plain.size(), '\0');
  int written = 0;
  const bool done =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, key.data(), zero.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(cipher.data()), &written,
                        reinterpret_cast<const unsigned char*>(plain.data()),
                        static_cast<int>(plain.size())) == 1;
  if (!done || static_cast<std::size_t>(written) != plain.size()) fail("the cipher failed");
  return cipher;
}

bool is_in_range(const FirebaseScrypt& how) {
  const auto key = how.signer_key.size();
  return how.rounds >= 1 && how.rounds <= kMostRounds && how.mem_cost >= 1 && how.mem_cost <= kMostMemCost &&
         key >= kLeastKeyBytes && key <= kMostKeyBytes && how.salt_separator.size() <= kMostSeparatorBytes;
}

}  // namespace

FirebaseScrypt FirebaseScrypt::read(std::string_view signer_key, std::string_view salt_separator, long rounds,
                                    long mem_cost, std::vector<core::FieldError>& faults) {
  const auto fault = [&faults](const char* name, const char* message) {
    faults.push_back({name, "invalid", message});
  };
  FirebaseScrypt how;
  const auto key = core::parse_base64(signer_key);
  if (!key || key->size() < kLeastKeyBytes || key->size() > kMostKeyBytes) {
    fault("signerKey", "must be the base64 of 16 to 256 bytes");
  } else {
    how.signer_key = core::Secret(*key);
  }
  const auto separator = core::parse_base64(salt_separator);
  if (!separator || separator->size() > kMostSeparatorBytes) {
    fault("saltSeparator", "must be the base64 of at most 16 bytes");
  } else {
    how.salt_separator = *separator;
  }
  if (rounds < 1 || rounds > kMostRounds) fault("rounds", "must be a whole number from 1 to 8");
  if (mem_cost < 1 || mem_cost > kMostMemCost) fault("memCost", "must be a whole number from 1 to 14");
  how.rounds = static_cast<unsigned>(rounds);
  how.mem_cost = static_cast<unsigned>(mem_cost);
  return how;
}

bool FirebaseScrypt::is_hash_of(std::string_view password, std::string_view salt,
                                std::string_view hash) const {
  if (!is_in_range(*this)) fail("the parameters of the legacy hash are out of range");
  auto key = derive(*this, password, std::string(salt) + salt_separator);
  const auto expected = encipher(key, signer_key.reveal());
  OPENSSL_cleanse(key.data(), key.size());
  return core::equal_constant_time(expected, hash);
}

}  // namespace account
