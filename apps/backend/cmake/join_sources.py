#!/usr/bin/env python3
"""Groups sources that may be compiled as one file: "GROUP SOURCE" lines, at most SIZE sources in a group.

Sources that are joined see each other's file-local names: what is declared in an unnamed namespace, and macros. So no
source comes into a group of which another declares a local name that it mentions: it would not compile, or would call
another function than alone. Usage: join_sources.py SIZE SOURCE...
"""
import pathlib
import re
import sys

# Comments, and literals of strings and characters; a ' between digits is none.
IGNORED = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<!\w)'(?:\\.|[^'\\\n])+'""", re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:.*\\\n)*.*$", re.M)
# Not what is asked of an object or of a namespace by name: that finds no local name.
WORD = re.compile(r"(?<![\w.:])(?<!->)[A-Za-z_]\w*")
TYPE = re.compile(r"(?:struct|class|enum class|enum struct|enum|union|using|typedef|concept)\s+(\w+)")
# Declares no name of its own, or one that only the test framework uses.
NAMELESS = re.compile(r"namespace\b|using namespace\b|using [\w:]+$|static_assert\b|(?:TYPED_)?TEST|INSTANTIATE_")


def declared_name(head: str) -> set[str]:
    """The name that a declaration introduces; head is what stands before its body, initialiser or semicolon."""
    head = " ".join(head.split())
    previous = None
    while previous != head:
        previous, head = head, re.sub(r"<[^<>]*>|\[\[.*?\]\]|\balignas\([^()]*\)", "", head).strip()
    head = re.sub(r"^(?:template|inline|constexpr|static) ?", "", head)
    if NAMELESS.match(head):
        return set()
    if named := TYPE.match(head):
        return {named.group(1)}
    words = re.findall(r"\w+", re.split(r"[(=\[]", head)[0])
    return {words[-1]} if words else set()


def local_names(text: str) -> set[str]:
    """What an unnamed namespace declares in text, which has no comments, literals and directives any more."""
    names: set[str] = set()
    for opening in re.finditer(r"\bnamespace\s*\{", text):
        depth, head = 1, ""
        for character in text[opening.end():]:
            if character == "{":
                depth += 1
                if depth == 2:
                    names |= declared_name(head)
                    head = ""
            elif character == "}":
                depth -= 1
                if depth == 0:
                    break
                if depth == 1:
                    head = ""
            elif depth == 1 and character == ";":
                names |= declared_name(head)
                head = ""
            elif depth == 1:
                head += character
    return names


def names_in(path: str) -> tuple[set[str], set[str]]:
    """The file-local names of a source, and every word of it that may mean one of another source."""
    text = IGNORED.sub(lambda found: '""' if '"' in found.group(0)[:2] else " ", pathlib.Path(path).read_text())
    macros = set(re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.M))
    plain = DIRECTIVE.sub("", text)
    return local_names(plain) | macros, set(WORD.findall(plain))


def joined(sources: list[str], size: int) -> list[list[str]]:
    groups: list[tuple[list[str], set[str], set[str]]] = []
    for source in sources:
        own, words = names_in(source)
        for members, names, mentioned in groups:
            if len(members) < size and not own & mentioned and not names & words:
                break
        else:
            members, names, mentioned = [], set(), set()
            groups.append((members, names, mentioned))
        members.append(source)
        names |= own
        mentioned |= words | own
    return [members for members, _, _ in groups]


if __name__ == "__main__":
    for number, members in enumerate(joined(sys.argv[2:], int(sys.argv[1]))):
        for member in members:
            print(number, member)
