#pragma once
// Pieces of which pages are made.

#include "hosted/faults.hpp"
#include "hosted/markup.hpp"
#include "hosted/visit.hpp"

#include <string>
#include <string_view>

namespace hosted {

/// A page without a body yet; its status and title say whether something was wrong.
Page page_with(std::string title, const Faults& faults = {});

/// A labelled input. Its fault, if it has one, stands beside it and is tied to it for screen readers.
struct Field {
  Literal name;
  Literal label;
  Literal type = "text";
  Literal autocomplete = "off";
  Literal hint = "";
  std::string value = {};  ///< never that of a password
  int max_length = 0;      ///< characters; 0: browsers cut nothing off
  bool is_optional = false;
  bool takes_focus = false;
  bool is_code = false;  ///< eight digits
};
Markup field(const Field& field, const Faults& faults);

/// The eight digits of a mail.
Markup code_field(const Faults& faults);

/// An envelope, for pages that send people to their mail.
Markup mail_sign();

/// What was wrong, before the form, with links to the fields; it takes the focus when the page opens. Nothing
/// when nothing was.
Markup summary(const Faults& faults);

/// What was just done, or why the page is shown; nothing when there is nothing to say.
Markup notice(std::string_view sentence);
Markup notice(const Visit& visit);

/// `<form method="post">` with the hidden field that proves it; `next` passes on where it leads.
Markup form_start(const Visit& visit, std::string_view action, std::string_view next = "/");
Markup hidden(Literal name, std::string_view value);
/// The button that the page is about.
Markup main_button(Literal words);
Markup side_button(Literal words);
/// `<a href>`; `path` is one of ours.
Markup link(std::string_view path, Literal words);

}  // namespace hosted
