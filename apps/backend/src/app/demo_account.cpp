#include "app/demo_account.hpp"

#include "account/user_store.hpp"

namespace app {

void ensure_demo_account(db::Executor& db, core::Timestamp now) {
  account::User user;
  user.id = kDemoUser;
  user.email = kDemoEmail;
  user.display_name = "Demo";
  user.created_at = now;
  if (account::insert_user(db, user, kDemoEmail)) account::mark_email_verified(db, kDemoUser, false, now);
}

}  // namespace app
