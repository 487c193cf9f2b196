// tough-cookie for the comparison of peers: one JSON object a line in, one a line out.
//
//   {"do": "load", "file": F}   read a case, fill a jar          -> {"held": cookies}
//   {"do": "chunk", "count": N} do its first N exchanges         -> {"seconds": CPU time}
//   {"do": "facts"}             what the last chunk did          -> {"held", "sent", "octets"}
//
// Rules of this file:
// - URLs are strings and headers are strings, as clients hand them to this jar.
// - No call of the collector: a full collection throws away compiled code, and the crawl then took
//   110 us a request in place of 33.
"use strict";

const fs = require("node:fs");
const readline = require("node:readline");
const { CookieJar } = require("tough-cookie");

const REFUSE_QUIETLY = { ignoreError: true };

let work = null;
let jar = null;
let headers = [];

function extract(url, fields) {
  for (const field of fields) jar.setCookieSync(field, url, REFUSE_QUIETLY);
}

function fill() {
  jar = new CookieJar();
  for (const [url, fields] of work.filling) extract(url, fields);
}

const RUN = {
  add(asked) {
    for (let i = 0; i < asked.length; i++) headers[i] = jar.getCookieStringSync(asked[i][0]);
  },
  extract(asked) {
    for (let i = 0; i < asked.length; i++) extract(asked[i][0], asked[i][1]);
  },
  crawl(asked) {
    for (let i = 0; i < asked.length; i++) {
      headers[i] = jar.getCookieStringSync(asked[i][0]);
      extract(asked[i][0], asked[i][1]);
    }
  },
};

function held() {
  let count = 0;
  jar.store.getAllCookies((error, cookies) => {
    if (error) throw error;
    count = cookies.length;
  });
  return count;
}

const DO = {
  load({ file }) {
    work = JSON.parse(fs.readFileSync(file, "utf8"));
    fill();
    return { held: held() };
  },
  chunk({ count }) {
    if (work.kind !== "add") fill();
    const asked = work.asked.slice(0, count);
    headers = new Array(asked.length);
    const start = process.cpuUsage();
    RUN[work.kind](asked);
    const spent = process.cpuUsage(start);
    return { seconds: (spent.user + spent.system) / 1e6 };
  },
  facts() {
    if (work.kind === "extract") RUN.add(work.asked);
    const sent = headers.filter((header) => header);
    return {
      held: held(),
      sent: sent.reduce((sum, header) => sum + header.split("; ").length, 0),
      octets: sent.reduce((sum, header) => sum + header.length, 0),
    };
  },
};

function answer(line) {
  try {
    const order = JSON.parse(line);
    return DO[order.do](order);
  } catch (error) {
    return { error: String(error) };
  }
}

const version = require("tough-cookie").version;
console.log(JSON.stringify({ version: `${version} on node ${process.versions.node}` }));
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(answer(line)));
});
