#pragma once
// A named SQL statement. Declared as constants at the top of *_store.cpp files, nowhere else:
//
//   constexpr db::Query kFindRoute{"route.find", "SELECT … FROM route WHERE id = $1"};
//
// The name is the prepared statement's name and appears in logs and metrics, so it is unique in the binary.
// Each store exports `std::span<const db::Query> queries()`; a contract test prepares every one of them.

#include <string_view>

namespace db {

/// How the server sends the columns. Text is the default; binary spares the server the printing and us the
/// parsing, and is worth it for bytea columns (text sends two digits a byte).
enum class ResultFormat { text = 0, binary = 1 };

struct Query {
  constexpr Query(std::string_view query_name, std::string_view text,
                  ResultFormat result_format = ResultFormat::text)
      : name(query_name), sql(text), format(result_format), parameter_count(highest_placeholder(text)) {}

  std::string_view name;
  std::string_view sql;
  ResultFormat format;
  /// The highest $n of the text; a call with another number of parameters is refused before it is sent.
  int parameter_count;

 private:
  static constexpr int highest_placeholder(std::string_view text) {
    int highest = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
      if (text[i] != '$') continue;
      int number = 0;
      for (std::size_t j = i + 1; j < text.size() && text[j] >= '0' && text[j] <= '9'; ++j) {
        number = number * 10 + (text[j] - '0');
      }
      if (number > highest) highest = number;
    }
    return highest;
  }
};

}  // namespace db
