#include "core/files.hpp"

#include "core/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace core {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path, std::size_t max_bytes) {
  std::error_code ec;
  if (!fs::exists(path, ec)) {
    throw Error(ErrorKind::not_found, "file.not_found", "There is no file " + path.string() + ".");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in || fs::is_directory(path, ec)) {
    throw Error(ErrorKind::internal, "file.unreadable", "The file " + path.string() + " cannot be read.",
                std::strerror(errno));
  }
  std::string bytes;
  char block[64 * 1024];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    bytes.append(block, static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > max_bytes) {
      throw Error(ErrorKind::too_large, "file.too_large",
                  path.string() + " is larger than " + std::to_string(max_bytes) + " bytes.");
    }
  }
  return bytes;
}

namespace {
[[noreturn]] void fail_write(const fs::path& path, const fs::path& temporary, int fd) {
  const std::string reason = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  ::unlink(temporary.c_str());
  throw Error(ErrorKind::internal, "file.unwritable", "Cannot write " + path.string() + ": " + reason + ".");
}
}  // namespace

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = path.string() + ".tmp." + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) fail_write(path, temporary, fd);
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_write(path, temporary, fd);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) fail_write(path, temporary, fd);
  ::close(fd);
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail_write(path, temporary, -1);
}

}  // namespace core
