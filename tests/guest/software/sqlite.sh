# SPDX-License-Identifier: GPL-2.0-or-later
# SQLite: a database of some size, indices, transactions, floating point, integrity_check.
. /software/lib.sh
rm -f /tmp/t.db
sqlite3 /tmp/t.db > /tmp/sqlite.out 2>&1 << 'SQL'
PRAGMA journal_mode=WAL;
CREATE TABLE a(id INTEGER PRIMARY KEY, k INTEGER, v TEXT, r REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
  INSERT INTO a SELECT i, (i * 7919) % 10007, printf('%08x-%s', i * 2654435761 % 4294967296, hex(i)),
    i / 7.0 FROM n;
CREATE INDEX ak ON a(k);
CREATE INDEX av ON a(v);
SELECT count(*), sum(k), min(v), max(v) FROM a;
SELECT printf('%.10f', sum(r)), printf('%.15g', avg(r)), printf('%.17g', max(r)) FROM a;
SELECT count(*) FROM a x JOIN a y ON x.k = y.k;
BEGIN; DELETE FROM a WHERE id % 3 = 0; ROLLBACK;
SELECT count(*) FROM a;
BEGIN; UPDATE a SET k = k + 1 WHERE id % 5 = 0; DELETE FROM a WHERE id % 7 = 0; COMMIT;
SELECT count(*), sum(k) FROM a;
VACUUM;
SELECT json_extract('{"a":[1,2,{"b":3.25}]}', '$.a[2].b'), round(sqrt(2.0) * exp(1.0), 12);
PRAGMA integrity_check;
SQL
same sqlite "$(tr '\n' ' ' < /tmp/sqlite.out)" "wal 20000|100070125|00014222-3130393436|fffc0c7f-3137373131 28572857.1428571400|1428.64285714286|2857.142857142857 39986 20000 17143|85798596 3.25|3.844231028159 ok "
finish
