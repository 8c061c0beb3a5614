#pragma once
// Which database the settings name, and whether the way to it is safe.

#include "core/config.hpp"
#include "core/secret.hpp"

#include <string_view>

namespace app {

/// Puts DATABASE_URL and the PG* parts together: what the address leaves out comes from the parts. Outside
/// local and test, a host that is no private address is spoken to with TLS unless the settings say otherwise.
/// Faults and warnings are added to `loaded`; the result is empty when there is a fault.
core::Secret database_dsn(core::LoadedConfig& loaded, bool deployed);

/// A Unix socket, a loopback or private address, or a name without a dot, such as a Compose service's.
bool is_near_host(std::string_view host);

}  // namespace app
