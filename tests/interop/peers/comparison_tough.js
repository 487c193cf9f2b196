// tough-cookie for the comparison of peers: a list of visits a line in, the last Cookie header out.
//
// Rules of this file:
// - Called as the HTTP clients of node call it: a Set-Cookie field and a URL in, a header out.
"use strict";

const readline = require("node:readline");
const { CookieJar } = require("tough-cookie");

function play(visits) {
  const jar = new CookieJar();
  let header = "";
  for (const visit of visits) {
    const context = visit.cross_site ? { sameSiteContext: "none" } : {};
    header = jar.getCookieStringSync(visit.url, context);
    for (const field of visit.sets) {
      jar.setCookieSync(field, visit.url, { ignoreError: true, ...context });
    }
  }
  return { header: header === "" ? null : header };
}

console.log(JSON.stringify({ version: require("tough-cookie").version }));
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(play(JSON.parse(line))));
});
