#include "core/error.hpp"
#include "net/http_client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>

namespace net {
namespace {

namespace fs = std::filesystem;

/// `openssl s_server` with a certificate that it signed itself; ends after `connections` connections.
class TlsServer {
 public:
  TlsServer(const fs::path& folder, int connections) : certificate_(folder / "cert.pem") {
    const std::string key = (folder / "key.pem").string();
    const std::string make =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
        "subjectAltName=DNS:localhost -keyout '" +
        key + "' -out '" + certificate_.string() + "' 2>/dev/null";
    if (std::system(make.c_str()) != 0) return;
    const std::string serve = "timeout 20 openssl s_server -www -4 -accept 127.0.0.1:0 -naccept " +
                              std::to_string(connections) + " -key '" + key + "' -cert '" +
                              certificate_.string() + "' 2>/dev/null";
    output_ = ::popen(serve.c_str(), "r");
    read_port();
  }
  ~TlsServer() {
    if (output_ != nullptr) ::pclose(output_);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  bool listens() const { return port_ != 0; }
  std::string url() const { return "https://localhost:" + std::to_string(port_) + "/"; }
  std::string certificate() const { return certificate_.string(); }

 private:
  void read_port() {
    char line[256];
    while (output_ != nullptr && std::fgets(line, sizeof line, output_) != nullptr) {
      const std::string text = line;
      if (!text.starts_with("ACCEPT")) continue;
      port_ = std::stoi(text.substr(text.rfind(':') + 1));
      return;
    }
  }

  fs::path certificate_;
  std::FILE* output_ = nullptr;
  int port_ = 0;
};

TEST(HttpClientTls, TrustsOnlyKnownCertificates) {
  const fs::path folder = fs::path(testing::TempDir()) / ("tls_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  {
    const TlsServer server(folder, 2);
    ASSERT_TRUE(server.listens()) << "is the openssl command there?";
    Request request;
    request.url = server.url();

    HttpClient stranger({.user_agent = "test", .max_handles = 1, .proxy = "", .ca_file = {}});
    try {
      stranger.get(request);
      ADD_FAILURE() << "an unknown certificate was trusted";
    } catch (const core::Error& error) {
      EXPECT_EQ(error.code(), "net.tls") << error.what();
    }

    HttpClient friendly(
        {.user_agent = "test", .max_handles = 1, .proxy = "", .ca_file = server.certificate()});
    EXPECT_EQ(friendly.get(request).status, 200);
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace net
