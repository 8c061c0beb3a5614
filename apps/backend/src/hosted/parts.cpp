#include "hosted/parts.hpp"

#include <algorithm>

namespace hosted {
namespace {

/// Ids of what describes the input, for aria-describedby.
std::string describing(const Field& field, bool is_faulty) {
  std::string ids;
  if (is_faulty) ids = std::string(field.name.text) + "-fault";
  if (!field.hint.text.empty()) ids += (ids.empty() ? "" : " ") + std::string(field.name.text) + "-hint";
  return ids;
}

void add_input(Markup& out, const Field& field, bool is_faulty, bool takes_focus) {
  out.raw("<input").attribute("id", field.name.text).attribute("name", field.name.text);
  out.attribute("type", field.type.text).attribute("autocomplete", field.autocomplete.text);
  if (field.type.text != "password" && !field.value.empty()) out.attribute("value", field.value);
  if (field.max_length > 0) out.attribute("maxlength", std::to_string(field.max_length));
  if (field.type.text == "email" || field.type.text == "password" || field.is_code)
    out.raw(" autocapitalize=\"none\" spellcheck=\"false\"");
  if (field.is_code) out.raw(" inputmode=\"numeric\" class=\"code\"");
  if (!field.is_optional) out.raw(" required");
  if (is_faulty) out.raw(" aria-invalid=\"true\"");
  if (const auto ids = describing(field, is_faulty); !ids.empty()) out.attribute("aria-describedby", ids);
  if (takes_focus) out.raw(" autofocus");
  out.raw(">\n");
}

}  // namespace

Page page_with(std::string title, const Faults& faults) {
  return {.title = std::move(title), .status = faults.status, .has_faults = !faults.summary.empty()};
}

Markup field(const Field& field, const Faults& faults) {
  const auto fault = faults.of(field.name.text);
  Markup out(fault.empty() ? Literal("<div class=\"field\">\n") : Literal("<div class=\"field faulty\">\n"));
  out.raw("<label").attribute("for", field.name.text).raw(">").text(field.label.text);
  if (field.is_optional) out.raw(" <span class=\"quiet\">(optional)</span>");
  out.raw("</label>\n");
  if (!field.hint.text.empty()) {
    out.raw("<p class=\"hint\"").attribute("id", std::string(field.name.text) + "-hint").raw(">");
    out.text(field.hint.text).raw("</p>\n");
  }
  if (!fault.empty()) {
    out.raw("<p class=\"fault\"").attribute("id", std::string(field.name.text) + "-fault").raw(">");
    out.raw("<span class=\"fault-sign\" aria-hidden=\"true\">!</span> ").text(fault).raw("</p>\n");
  }
  // The summary takes the focus of a page that shows a form again.
  add_input(out, field, !fault.empty(), field.takes_focus && faults.summary.empty());
  return std::move(out.raw("</div>\n"));
}

Markup code_field(const Faults& faults) {
  return field({.name = "code",
                .label = "Code in the mail",
                .autocomplete = "one-time-code",
                .hint = "Eight digits.",
                .max_length = 20,
                .takes_focus = true,
                .is_code = true},
               faults);
}

Markup mail_sign() {
  return Literal(
      R"(<svg class="mail-sign" viewBox="0 0 48 48" aria-hidden="true" focusable="false"><circle cx="24" cy="24" r="24" class="mail-sign-ground"/><path d="M12 16.5h24v16H12Zm0 1.2 12 8.6 12-8.6" class="mail-sign-lines"/></svg>
)");
}

Markup summary(const Faults& faults) {
  Markup out;
  if (faults.summary.empty()) return out;
  out.raw("<div class=\"summary\" role=\"alert\" tabindex=\"-1\" autofocus>\n<p>").text(faults.summary);
  out.raw("</p>\n");
  if (!faults.fields.empty()) {
    out.raw("<ul>\n");
    for (const auto& one : faults.fields) {
      out.raw("<li><a").attribute("href", "#" + one.path).raw(">").text(faults.of(one.path));
      out.raw("</a></li>\n");
    }
    out.raw("</ul>\n");
  }
  return std::move(out.raw("</div>\n"));
}

Markup notice(std::string_view sentence) {
  Markup out;
  if (!sentence.empty()) out.raw("<p class=\"notice\" role=\"status\">").text(sentence).raw("</p>\n");
  return out;
}

Markup notice(const Visit& visit) {
  return notice(visit.note() ? sentence_of(*visit.note()) : std::string_view{});
}

Markup form_start(const Visit& visit, std::string_view action, std::string_view next) {
  Markup out("<form method=\"post\" novalidate");
  out.attribute("action", action).raw(">\n").add(hidden("csrf", visit.form_field()));
  if (next != "/") out.add(hidden("next", next));
  return out;
}

Markup hidden(Literal name, std::string_view value) {
  Markup out("<input type=\"hidden\"");
  return std::move(out.attribute("name", name.text).attribute("value", value).raw(">\n"));
}

Markup main_button(Literal words) {
  Markup out("<button class=\"main-button\">");
  return std::move(out.text(words.text).raw("</button>\n"));
}

Markup side_button(Literal words) {
  Markup out("<button>");
  return std::move(out.text(words.text).raw("</button>\n"));
}

Markup link(std::string_view path, Literal words) {
  Markup out("<a");
  return std::move(out.attribute("href", path).raw(">").text(words.text).raw("</a>"));
}

}  // namespace hosted
