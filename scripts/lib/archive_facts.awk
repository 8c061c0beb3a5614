# Reads the whole SQL of an archive (pg_restore -f -) and prints facts, one per line, tab-separated:
#   bytes N                 length of the SQL
#   schema N                newest applied migration         compatible_from N   the oldest build that may run on it
#   role NAME               a role that grants name
#   rows TABLE N            rows of a table, named as SQL writes it
# Only what stands in a section of the right kind counts: the body of a function may look like anything.
function column_index(list, name,    names, count, i) {
  count = split(list, names, ", ")
  for (i = 1; i <= count; i++) if (names[i] == name) return i
  return 0
}
function add_role(word) {
  sub(/;$/, "", word)
  if (word != "PUBLIC" && word != "" && !(word in roles)) { roles[word]; print "role\t" word }
}
{ bytes += length($0) + 1 }
in_copy && $0 == "\\." { in_copy = 0; print "rows\t" table "\t" count; next }
in_copy {
  count++
  if (number_at) {
    split($0, fields, "\t")
    if (fields[number_at] + 0 > schema) schema = fields[number_at] + 0
    from = compatible_at ? fields[compatible_at] + 0 : fields[number_at] + 0
    if (from > compatible_from) compatible_from = from
  }
  next
}
/^-- (Data for )?Name: .*; Type: [A-Z ]+;/ { section = $0; sub(/^.*; Type: /, "", section); sub(/;.*$/, "", section); next }
section == "TABLE DATA" && /^COPY .* FROM stdin;$/ {
  in_copy = 1; count = 0
  table = substr($0, 6); sub(/ FROM stdin;$/, "", table)
  columns = ""
  if ((at = index(table, " (")) > 0) { columns = substr(table, at + 2); sub(/\)$/, "", columns); table = substr(table, 1, at - 1) }
  number_at = compatible_at = 0
  if (table == "public.schema_migration") {
    number_at = column_index(columns, "number"); compatible_at = column_index(columns, "min_compatible_app_schema")
  }
  next
}
section ~ /ACL$/ && /^(GRANT|ALTER DEFAULT PRIVILEGES) .* TO .*;$/ {
  word = $0; sub(/ WITH GRANT OPTION;$/, ";", word); sub(/^.* TO /, "", word); add_role(word)
}
section == "DEFAULT ACL" && /^ALTER DEFAULT PRIVILEGES FOR ROLE / {
  word = $0; sub(/^ALTER DEFAULT PRIVILEGES FOR ROLE /, "", word); sub(/ (IN SCHEMA|GRANT|REVOKE) .*$/, "", word); add_role(word)
}
END {
  printf "bytes\t%.0f\n", bytes
  if (schema) { print "schema\t" schema; print "compatible_from\t" compatible_from }
}
