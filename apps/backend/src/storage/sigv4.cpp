#include "storage/sigv4.hpp"

#include "core/hash.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <utility>

namespace storage {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t kDayBytes = 8;

struct SignedHeaders {
  std::string lines;  ///< "name:value\n" each
  std::string names;  ///< between semicolons
};

SignedHeaders signed_headers(const std::vector<net::Header>& headers) {
  std::vector<std::pair<std::string, std::string_view>> sorted;
  sorted.reserve(headers.size());
  for (const auto& header : headers)
    sorted.emplace_back(core::lower_ascii(header.name), core::trimmed(header.value));
  std::ranges::sort(sorted);
  SignedHeaders result;
  for (const auto& [name, value] : sorted) {
    result.lines.append(name).append(":").append(value).append("\n");
    if (!result.names.empty()) result.names += ";";
    result.names += name;
  }
  return result;
}

std::string scope(const Credentials& credentials, const std::string& date) {
  return date.substr(0, kDayBytes) + "/" + credentials.region + "/s3/aws4_request";
}

std::string_view view(const core::Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

core::Sha256 signing_key(const Credentials& credentials, std::string_view day) {
  auto key = core::hmac_sha256("AWS4" + credentials.secret_access_key.reveal(), day);
  for (const std::string_view part :
       {std::string_view(credentials.region), std::string_view("s3"), std::string_view("aws4_request")})
    key = core::hmac_sha256(view(key), part);
  return key;
}

std::string signature(const Credentials& credentials, core::Timestamp now, const SignableRequest& request,
                      const SignedHeaders& headers) {
  std::string canonical;
  canonical.append(request.method).append("\n").append(request.path).append("\n");
  canonical.append(canonical_query(request.query)).append("\n").append(headers.lines).append("\n");
  canonical.append(headers.names).append("\n").append(request.payload_sha256);
  const auto date = amz_date(now);
  std::string to_sign;
  to_sign.append(kAlgorithm).append("\n").append(date).append("\n");
  to_sign.append(scope(credentials, date)).append("\n").append(core::sha256_hex(canonical));
  const auto key = signing_key(credentials, std::string_view(date).substr(0, kDayBytes));
  return core::to_hex(core::hmac_sha256(view(key), to_sign));
}

}  // namespace

std::string uri_encoded(std::string_view text, bool keep_slashes) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && keep_slashes);
    if (plain) {
      encoded += c;
    } else {
      encoded.append({'%', kHex[byte >> 4], kHex[byte & 0x0F]});
    }
  }
  return encoded;
}

std::string canonical_query(const std::vector<QueryItem>& query) {
  std::vector<std::pair<std::string, std::string>> items;
  items.reserve(query.size());
  for (const auto& item : query) items.emplace_back(uri_encoded(item.name), uri_encoded(item.value));
  std::ranges::sort(items);
  std::string text;
  for (const auto& [name, value] : items) {
    if (!text.empty()) text += "&";
    text.append(name).append("=").append(value);
  }
  return text;
}

std::string amz_date(core::Timestamp at) {
  auto text = core::format_utc(at);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string authorization(const Credentials& credentials, core::Timestamp now,
                          const SignableRequest& request) {
  const auto headers = signed_headers(request.headers);
  return std::string(kAlgorithm) + " Credential=" + credentials.access_key_id + "/" +
         scope(credentials, amz_date(now)) + ",SignedHeaders=" + headers.names +
         ",Signature=" + signature(credentials, now, request, headers);
}

std::string presigned_query(const Credentials& credentials, core::Timestamp now, std::chrono::seconds life,
                            SignableRequest request) {
  const auto headers = signed_headers(request.headers);
  const auto date = amz_date(now);
  request.payload_sha256 = "UNSIGNED-PAYLOAD";
  const std::vector<QueryItem> added = {
      {"X-Amz-Algorithm", std::string(kAlgorithm)},
      {"X-Amz-Credential", credentials.access_key_id + "/" + scope(credentials, date)},
      {"X-Amz-Date", date},
      {"X-Amz-Expires", std::to_string(life.count())},
      {"X-Amz-SignedHeaders", headers.names}};
  request.query.insert(request.query.end(), added.begin(), added.end());
  return canonical_query(request.query) + "&X-Amz-Signature=" + signature(credentials, now, request, headers);
}

}  // namespace storage
