#pragma once
// What answers for each page: show_… to GET, which changes nothing, and its form's POST. Internal; the table
// of pages.cpp says where each one is.

#include "http/response.hpp"

#include "hosted/visit.hpp"

namespace hosted {

// sign_in_pages.cpp
http::Response show_sign_in(const Visit& visit);
http::Response sign_in(const Visit& visit);
http::Response open_demo(const Visit& visit);
http::Response show_sign_out(const Visit& visit);
http::Response sign_out(const Visit& visit);

// register_pages.cpp
http::Response show_register(const Visit& visit);
http::Response register_person(const Visit& visit);
http::Response show_sent(const Visit& visit);

// magic_pages.cpp
http::Response show_ask_magic(const Visit& visit);
http::Response ask_magic(const Visit& visit);
http::Response show_magic(const Visit& visit);
http::Response use_magic(const Visit& visit);
http::Response show_code(const Visit& visit);
http::Response use_code(const Visit& visit);

// reset_pages.cpp
http::Response show_ask_reset(const Visit& visit);
http::Response ask_reset(const Visit& visit);
http::Response show_reset(const Visit& visit);
http::Response reset_password(const Visit& visit);

// address_pages.cpp
http::Response ask_verification(const Visit& visit);
http::Response show_verify(const Visit& visit);
http::Response verify(const Visit& visit);
http::Response ask_address_change(const Visit& visit);
http::Response show_address_change(const Visit& visit);
http::Response change_address(const Visit& visit);

// deletion_pages.cpp
http::Response show_deletion(const Visit& visit);
http::Response keep_account(const Visit& visit);

// elevate_pages.cpp
http::Response show_elevate(const Visit& visit);
http::Response elevate(const Visit& visit);
http::Response ask_elevation_code(const Visit& visit);

// account_pages.cpp
http::Response show_account(const Visit& visit);
http::Response change_password(const Visit& visit);
http::Response end_session(const Visit& visit);
http::Response end_other_sessions(const Visit& visit);

}  // namespace hosted
