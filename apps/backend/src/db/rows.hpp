#pragma once
// The result of a statement, read by column name with typed getters.
//
//   for (const db::Row row : rows) names.emplace_back(row.get<std::string_view>("name"));
//
// Views (string_view, Row) stay valid as long as the Rows they came from.

#include "core/ids.hpp"
#include "core/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace db {

/// A column's position, looked up once for a loop over many rows: `const auto name = rows.column("name");`
struct Column {
  int index = 0;
};

/// One row. Getters throw core::Error(internal, "db.column_missing" | "db.unexpected_null" |
/// "db.column_type") naming the column: these are faults of the statement, not of its input.
class Row {
 public:
  Row(const void* result, int row) : result_(result), row_(row) {}

  bool is_null(std::string_view column) const { return is_null(find(column)); }
  bool is_null(Column column) const;

  /// T: std::string_view, std::string, std::int64_t, std::int32_t, double, bool, core::Timestamp, core::Day,
  /// core::Uuid, or std::optional of these for columns that may be NULL. string_view of a bytea column needs
  /// a query with ResultFormat::binary; std::string decodes either format.
  template <typename T>
  T get(std::string_view column) const {
    return Getter<T>::get(*this, find(column));
  }
  template <typename T>
  T get(Column column) const {
    return Getter<T>::get(*this, column);
  }

 private:
  friend class Rows;

  template <typename T>
  struct Getter {
    static T get(const Row& row, Column column) {
      row.require_value(column);
      T value{};
      row.read(column, value);
      return value;
    }
  };
  template <typename T>
  struct Getter<std::optional<T>> {
    static std::optional<T> get(const Row& row, Column column) {
      if (row.is_null(column)) return std::nullopt;
      return Getter<T>::get(row, column);
    }
  };

  Column find(std::string_view name) const;
  void require_value(Column column) const;
  void read(Column column, std::string_view& value) const;
  void read(Column column, std::string& value) const;
  void read(Column column, std::int64_t& value) const;
  void read(Column column, std::int32_t& value) const;
  void read(Column column, double& value) const;
  void read(Column column, bool& value) const;
  void read(Column column, core::Timestamp& value) const;
  void read(Column column, core::Day& value) const;
  void read(Column column, core::Uuid& value) const;

  const void* result_;
  int row_;
};

/// All rows of one statement. Movable, owns the memory.
class Rows {
 public:
  Rows() = default;
  /// Internal: takes over a PGresult.
  explicit Rows(void* result) : result_(result) {}

  std::size_t size() const;
  bool empty() const { return size() == 0; }
  Row operator[](std::size_t index) const { return {result_.get(), static_cast<int>(index)}; }
  /// The first row, or nullopt: `if (const auto row = rows.first())`.
  std::optional<Row> first() const { return empty() ? std::nullopt : std::optional<Row>((*this)[0]); }
  /// The only row; throws core::Error(internal, "db.row_count") when there is none or more than one.
  Row single() const;

  /// Throws core::Error(internal, "db.column_missing").
  Column column(std::string_view name) const;

  /// Rows that an INSERT, UPDATE, DELETE touched or a SELECT returned.
  std::int64_t affected() const;

  class Iterator {
   public:
    Iterator(const void* result, int row) : result_(result), row_(row) {}
    Row operator*() const { return {result_, row_}; }
    Iterator& operator++() {
      ++row_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const void* result_;
    int row_;
  };
  Iterator begin() const { return {result_.get(), 0}; }
  Iterator end() const { return {result_.get(), static_cast<int>(size())}; }

 private:
  struct Free {
    void operator()(void* result) const;
  };
  std::unique_ptr<void, Free> result_;
};

}  // namespace db
