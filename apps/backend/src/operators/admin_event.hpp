#pragma once
// The audit entries of the services, in one form.

#include "core/ids.hpp"

#include "audit/audit.hpp"
#include "operators/operator.hpp"

#include <string>
#include <string_view>

namespace operators {

inline audit::Event event_of(const Act& act, std::string_view action, std::string_view object_type,
                             std::string object_id, std::string details = "{}") {
  return {.actor = act.actor,
          .action = std::string(action),
          .object_type = std::string(object_type),
          .object_id = std::move(object_id),
          .details = std::move(details)};
}

inline audit::Event event_of(const Act& act, std::string_view action, std::string_view object_type,
                             const core::Uuid& object_id, std::string details = "{}") {
  return event_of(act, action, object_type, core::to_string(object_id), std::move(details));
}

}  // namespace operators
