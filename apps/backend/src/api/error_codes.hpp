#pragma once
// The stable slugs that clients may meet in a problem's `code`, in one table: slug → HTTP status, title.
//
// A slug thrown as core::Error that is missing here still gets the status of its kind; the contract test
// holds every documented slug against this table.

#include "http/error_codes.hpp"

#include <span>
#include <string_view>

namespace api {

using http::ErrorCode;

/// http::protocol_errors() and those of the endpoints.
std::span<const ErrorCode> error_codes();

/// nullptr when the slug is not in the table.
const ErrorCode* find_error_code(std::string_view slug);

/// The row of `slug`; throws core::Error(internal) for one that is not in the table (a programming error).
const ErrorCode& error_code(std::string_view slug);

}  // namespace api
