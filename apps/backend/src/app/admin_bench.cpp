#include "app/admin_bench.hpp"

#include "app/wiring.hpp"

#include <pwd.h>
#include <unistd.h>

#include <array>

namespace app {
namespace {

using namespace std::chrono_literals;

constexpr auto kActTime = 30s;
constexpr std::size_t kSessions = 2;

}  // namespace

std::string os_user() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return "uid " + std::to_string(geteuid());
}

AdminBench::AdminBench()
    : options_(load_options(Role::worker, FileChecks::no)),
      clock_(make_clock(options_)),
      pool_({.session = session_options(options_, "aspectavy-admin"), .max_sessions = kSessions}),
      users_(pool_, *clock_),
      jobs_(pool_, *clock_),
      health_(pool_, *clock_),
      audit_(pool_) {}

operators::Act AdminBench::act() const {
  return {.actor = {.type = audit::ActorType::cli, .id = os_user()},
          .scopes = operators::all_scopes(),
          .deadline = db::within(kActTime)};
}

operators::OperatorAdmin& AdminBench::operator_accounts() {
  if (!credentials_) credentials_ = std::make_unique<Credentials>(*this);
  return credentials_->admin;
}

AdminBench::Credentials::Credentials(AdminBench& bench)
    : keys(bench.options_.accounts.session_secrets),
      passwords(bench.options_.accounts.password_cost, 1),
      admin({.pool = bench.pool_,
             .clock = *bench.clock_,
             .keys = keys,
             .passwords = passwords,
             .recovery_codes = recovery_codes}) {}

}  // namespace app
