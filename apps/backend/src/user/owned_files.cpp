#include "user/owned_files.hpp"

#include "user/owned_store.hpp"

namespace user {
namespace {

constexpr int kRowsAPage = 200;

/// A table as a JSON array, a page of rows at a time.
class TableFile {
 public:
  TableFile(db::Executor& db, const OwnedTable& table, const core::Uuid& user_id,
            std::shared_ptr<WrittenRows> written)
      : db_(db), table_(table), user_id_(user_id), written_(std::move(written)) {}

  std::string next() {
    if (is_done_) return {};
    const auto page = export_page(db_, table_, user_id_, last_, kRowsAPage);
    auto& count = (*written_)[std::string(table_.file)];
    std::string text;
    if (last_.empty()) text += "[";
    for (const auto& row : page.rows) text += (count++ == 0 ? "\n" : ",\n") + row;
    last_ = page.last;
    is_done_ = page.rows.size() < kRowsAPage;
    if (is_done_) text += "\n]\n";
    return text;
  }

 private:
  db::Executor& db_;
  const OwnedTable& table_;
  core::Uuid user_id_;
  std::shared_ptr<WrittenRows> written_;
  std::string last_;
  bool is_done_ = false;
};

}  // namespace

std::vector<ArchiveFile> owned_files(db::Executor& db, const core::Uuid& user_id,
                                     std::shared_ptr<WrittenRows> written) {
  std::vector<ArchiveFile> files;
  for (const auto& table : owned_tables()) {
    if (table.file.empty()) continue;
    const auto file = std::make_shared<TableFile>(db, table, user_id, written);
    files.push_back(
        {.path = "data/" + std::string(table.file) + ".json", .next = [file] { return file->next(); }});
  }
  return files;
}

}  // namespace user
