#include "user/contacts.hpp"

#include "user/devices.hpp"
#include "user_fixture.hpp"

#include <atomic>
#include <thread>

namespace {

using namespace std::chrono_literals;
using support::refusal_of;

class ContactsTest : public support::UserFixture {
 protected:
  user::Contacts contacts_{pool_, pump_, clock_};
  user::Devices devices_{{.pool = pool_, .pump = pump_, .clock = clock_, .keys = keys_}};
  account::User jane_ = person("jane@example.org");
  account::User other_ = person("other@example.org");
  account::Caller jane_phone_ = signed_in(jane_.id);
  account::Caller other_phone_ = signed_in(other_.id);

  user::SafetyContact create(const std::string& name, const core::Uuid& owner) {
    return contacts_.create(owner, {.name = name, .phone = "+43 512 112"}, {}, soon()).contact;
  }
  static user::Request repeated(const std::string& key, char body) {
    return {.key = key, .sha256 = std::string(32, body)};
  }
  static user::DeviceInput phone(char digit) {
    return {.platform = "ios",
            .environment = "production",
            .topic = "com.example.app",
            .token = std::string(64, digit)};
  }
};

TEST_F(ContactsTest, AreKeptAsTypedAndReachableByTheirPersonOnly) {
  const auto made = contacts_.create(
      jane_.id, {.name = "Ötzi", .email = "oetzi@example.org", .phone = "+43 (512) 58-88", .note = "a\nb"},
      {}, soon());
  EXPECT_EQ(made.contact.phone, "+435125888");
  EXPECT_EQ(made.contact.revision, 1);
  EXPECT_EQ(contacts_.get(jane_.id, made.contact.id, soon()).note, "a\nb");
  const auto id = made.contact.id;
  EXPECT_EQ(refusal_of([&] { contacts_.get(other_.id, id, soon()); }), "contact.not_found");
  EXPECT_EQ(refusal_of([&] { contacts_.replace(other_.id, id, 1, {.name = "X", .phone = "112"}, soon()); }),
            "contact.not_found");
  EXPECT_EQ(refusal_of([&] { contacts_.remove(other_.id, id, 1, soon()); }), "contact.not_found");
  EXPECT_EQ(contacts_.get(jane_.id, id, soon()).name, "Ötzi");
  EXPECT_TRUE(contacts_.list(other_.id, soon()).empty());
}

TEST_F(ContactsTest, NamesEveryFault) {
  try {
    contacts_.create(jane_.id,
                     {.name = "", .email = "nonsense", .phone = "call me", .note = std::string(501, 'x')}, {},
                     soon());
    FAIL();
  } catch (const core::Error& error) {
    std::vector<std::string> paths;
    for (const auto& field : error.fields()) paths.push_back(field.path);
    EXPECT_EQ(paths, (std::vector<std::string>{"name", "note", "email", "phone"}));
  }
  EXPECT_EQ(refusal_of([&] { contacts_.create(jane_.id, {.name = "A"}, {}, soon()); }), "validation_failed")
      << "neither e-mail nor phone";
  EXPECT_EQ(refusal_of([&] {
              contacts_.create(jane_.id, {.name = "A", .email = "a@example.org\r\nBcc: b@example.org"}, {},
                               soon());
            }),
            "validation_failed");
}

TEST_F(ContactsTest, AConflictShowsTheOtherVersion) {
  const auto contact = create("A", jane_.id);
  const auto changed = contacts_.replace(jane_.id, contact.id, 1, {.name = "B", .phone = "112"}, soon());
  EXPECT_EQ(std::get<user::SafetyContact>(changed).revision, 2);
  const auto late = contacts_.replace(jane_.id, contact.id, 1, {.name = "C", .phone = "113"}, soon());
  EXPECT_EQ(std::get<user::Contacts::Conflict>(late).current.name, "B");
  const auto removal = contacts_.remove(jane_.id, contact.id, 1, soon());
  ASSERT_TRUE(removal);
  EXPECT_EQ(removal->current.revision, 2);
  EXPECT_FALSE(contacts_.remove(jane_.id, contact.id, 2, soon()));
  EXPECT_EQ(refusal_of([&] { contacts_.remove(jane_.id, contact.id, 2, soon()); }), "contact.not_found");
}

TEST_F(ContactsTest, TenAreTheMostAlsoAtOnce) {
  for (int i = 0; i < 9; ++i) create("C", jane_.id);
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      if (refusal_of([&] { create("N", jane_.id); }) == "limit_reached") ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(count("safety_contact"), 10);
  create("Mine", other_.id);
}

TEST_F(ContactsTest, ARepeatedCreateMakesNoSecondOne) {
  const user::ContactInput input{.name = "A", .phone = "112"};
  const auto first = contacts_.create(jane_.id, input, repeated("k", 'a'), soon());
  const auto second = contacts_.create(jane_.id, input, repeated("k", 'a'), soon());
  EXPECT_FALSE(first.replayed);
  EXPECT_TRUE(second.replayed);
  EXPECT_EQ(first.contact.id, second.contact.id);
  EXPECT_EQ(refusal_of([&] { contacts_.create(jane_.id, input, repeated("k", 'b'), soon()); }),
            "idempotency_mismatch");
  EXPECT_FALSE(contacts_.create(other_.id, input, repeated("k", 'a'), soon()).replayed)
      << "keys are a person's own";
  contacts_.remove(jane_.id, first.contact.id, 1, soon());
  EXPECT_EQ(refusal_of([&] { contacts_.create(jane_.id, input, repeated("k", 'a'), soon()); }),
            "contact.gone");
}

TEST_F(ContactsTest, OfManyRepeatsAtOnceOneCreates) {
  std::vector<std::thread> threads;
  std::atomic<int> made{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (!contacts_.create(jane_.id, {.name = "A", .phone = "112"}, repeated("k", 'a'), soon()).replayed)
        ++made;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(count("safety_contact"), 1);
}

TEST_F(ContactsTest, ADeviceIsOneHoweverOftenItRegisters) {
  const auto first = devices_.put(jane_phone_, phone('a'), soon());
  clock_.advance(1h);
  auto louder = phone('A');
  louder.app_version = "2.0";
  const auto again = devices_.put(jane_phone_, louder, soon());
  EXPECT_EQ(first.id, again.id) << "the digits' case does not count";
  EXPECT_EQ(again.app_version, "2.0");
  EXPECT_EQ(again.created_at, first.created_at);
  EXPECT_EQ(again.last_registered_at, clock_.now());
  EXPECT_EQ(count("push_device"), 1);
}

TEST_F(ContactsTest, ADeviceBelongsToWhoRegisteredItLast) {
  const auto first = devices_.put(jane_phone_, phone('a'), soon());
  const auto second = devices_.put(other_phone_, phone('a'), soon());
  EXPECT_NE(first.id, second.id);
  EXPECT_TRUE(devices_.list(jane_.id, soon()).empty());
  EXPECT_EQ(devices_.list(other_.id, soon()).size(), 1U);
  EXPECT_EQ(refusal_of([&] { devices_.remove(jane_.id, second.id, soon()); }), "device.not_found");
  EXPECT_EQ(refusal_of([&] { devices_.remove(jane_.id, first.id, soon()); }), "device.not_found");
  devices_.remove(other_.id, second.id, soon());
  EXPECT_EQ(count("push_device"), 0);
}

TEST_F(ContactsTest, ADeviceGoesWithItsSession) {
  const auto tablet = signed_in(jane_.id);
  devices_.put(jane_phone_, phone('a'), soon());
  devices_.put(tablet, phone('b'), soon());
  {
    db::OnSession db(*session_, soon());
    account::revoke_session(db, jane_.id, jane_phone_.credential_id, "signed_out", clock_.now());
  }
  EXPECT_EQ(count("push_device"), 1);
  EXPECT_EQ(devices_.list(jane_.id, soon()).front().session_id, tablet.credential_id);
  EXPECT_EQ(refusal_of([&] { devices_.put(jane_phone_, phone('c'), soon()); }), "session_revoked");
  clock_.advance(24h * 366);
  EXPECT_TRUE(devices_.list(jane_.id, soon()).empty()) << "the session is over by age";
}

TEST_F(ContactsTest, TheTokenLiesSealed) {
  devices_.put(jane_phone_, phone('a'), soon());
  const auto dump = text("SELECT push_device::text AS value FROM push_device");
  EXPECT_EQ(dump.find(std::string(20, 'a')), std::string::npos);
  user::RecordingPushSender sender;
  EXPECT_EQ(devices_.send(jane_.id, {.title = "t", .body = "b"}, sender, soon()), 1);
  ASSERT_EQ(sender.sent().size(), 1U);
  EXPECT_EQ(sender.sent().front().token, std::string(64, 'a'));
}

TEST_F(ContactsTest, ADeviceThatThePushServiceForgotIsAskedNoMore) {
  devices_.put(jane_phone_, phone('a'), soon());
  user::RecordingPushSender sender;
  sender.answer_with(user::PushVerdict::unavailable);
  EXPECT_EQ(devices_.send(jane_.id, {}, sender, soon()), 0);
  sender.answer_with(user::PushVerdict::unregistered);
  EXPECT_EQ(devices_.send(jane_.id, {}, sender, soon()), 0);
  EXPECT_EQ(devices_.send(jane_.id, {}, sender, soon()), 0);
  EXPECT_EQ(sender.sent().size(), 2U) << "not asked after it was disabled";
  EXPECT_TRUE(devices_.list(jane_.id, soon()).front().disabled_at);
  EXPECT_FALSE(devices_.put(jane_phone_, phone('a'), soon()).disabled_at) << "registering again revives it";
}

TEST_F(ContactsTest, TwentyDevicesAreKept) {
  constexpr std::string_view kHex = "0123456789abcdef";
  user::DeviceInput input = phone('0');
  for (std::size_t i = 0; i < 22; ++i) {
    input.token[0] = kHex[i % 16];
    input.token[1] = kHex[i / 16];
    clock_.advance(1s);
    devices_.put(jane_phone_, input, soon());
  }
  EXPECT_EQ(count("push_device"), 20);
}

TEST_F(ContactsTest, RefusesWhatIsNoDevice) {
  auto input = phone('a');
  for (const auto& token :
       {std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'g'), std::string(402, 'a')}) {
    input.token = token;
    EXPECT_EQ(refusal_of([&] { devices_.put(jane_phone_, input, soon()); }), "validation_failed") << token;
  }
  input = phone('a');
  input.topic = "com.example/../app";
  EXPECT_EQ(refusal_of([&] { devices_.put(jane_phone_, input, soon()); }), "validation_failed");
}

}  // namespace
