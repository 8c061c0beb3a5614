"""Writes <out>/<name>.{hpp,cpp}: the given files as bytes, sorted by name (see embed_files.cmake)."""
import pathlib
import sys

HEADER = """#pragma once
#include <span>
#include <string_view>

namespace embedded {{
#ifndef EMBEDDED_FILE_DEFINED
#define EMBEDDED_FILE_DEFINED
/// A file compiled into the binary.
struct File {{
  std::string_view name;
  std::string_view content;
}};
#endif
std::span<const File> {name}();
}}  // namespace embedded
"""


def as_literal(content: bytes) -> str:
    values = ",".join(str(b) for b in content) or "0"
    return "{" + values + "}"


def main() -> None:
    out, name, *files = sys.argv[1:]
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    body, table = [], []
    for i, path in enumerate(sorted(map(pathlib.Path, files), key=lambda p: p.name)):
        content = path.read_bytes()
        body.append(f"const unsigned char k{i}[] = {as_literal(content)};\n")
        table.append(f'  {{"{path.name}", {{reinterpret_cast<const char*>(k{i}), {len(content)}}}}},\n')
    source = f'#include "embedded/{name}.hpp"\n#include <array>\n\nnamespace embedded {{\nnamespace {{\n'
    source += "".join(body) + "}  // namespace\n\n"
    source += f"std::span<const File> {name}() {{\n  static const std::array<File, {len(table)}> files = {{{{\n"
    source += "".join(table) + "  }};\n  return files;\n}\n}  // namespace embedded\n"
    (folder / f"{name}.cpp").write_text(source)
    (folder / f"{name}.hpp").write_text(HEADER.format(name=name))


main()
