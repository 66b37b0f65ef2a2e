-- Sessions of the web API by digest: `id` is the lower-case hex SHA-256 of the cookie's value, and no member of `body`
-- tells that value. The rows are carried over by the program, which takes them out before and puts them in after.

DROP TABLE http_session;
CREATE TABLE http_session (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
);
