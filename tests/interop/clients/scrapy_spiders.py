"""A crawl with a job folder that stops after its logins; started again, it goes on.

    python scrapy_spiders.py <folder>

Prints, as JSON, the names and values of the jar of each key as the spider reads them.
"""

import json
import os
import sys

import scrapy
from scrapy.crawler import CrawlerProcess

from cookietin import RequestContext
from cookietin.integrations.scrapy import CookiesMiddleware

KEYS = ("alice", 7)


class Shopper(scrapy.Spider):
    """Logs in under each key, then reads a page under each."""

    name = "shopper"

    async def start(self):
        self.waiting = []
        for key in KEYS:
            yield scrapy.Request(
                os.environ["LOGIN"],
                meta={"cookiejar": key, "cookie_context": RequestContext()},
                callback=self.logged_in,
                dont_filter=True,
            )

    def logged_in(self, response):
        # A spider of a second crawl is here for none: its logins were seen.
        self.waiting.append(
            response.follow(os.environ["PAGE"], self.read, meta=dict(response.meta))
        )
        if len(self.waiting) == len(KEYS):
            for request in self.waiting:
                self.crawler.engine.crawl(request.replace(dont_filter=True))
            raise scrapy.exceptions.CloseSpider("pause")

    def read(self, response):
        """Nothing to do."""


class GoOn(Shopper):
    """Yields nothing: what is left comes from the job folder."""

    async def start(self):
        for nothing in ():
            yield nothing


def main(folder):
    job, said = os.path.join(folder, "job"), {}
    process = CrawlerProcess(
        {
            "DOWNLOADER_MIDDLEWARES": {
                "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
                "cookietin.integrations.scrapy.CookiesMiddleware": 700,
            },
            "COOKIES_POLICY": "cookietin.BrowserCookiePolicy",
            "COOKIES_FILE": os.path.join(folder, "cookies", "shop.json"),
            "JOBDIR": job,
            "CONCURRENT_REQUESTS": 1,
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    crawler = process.create_crawler(GoOn if os.path.exists(job) else Shopper)

    def closed(spider):
        jars = crawler.get_downloader_middleware(CookiesMiddleware).jars
        said.update({str(key): jars[key].jar.to_dict() for key in KEYS})

    crawler.signals.connect(closed, scrapy.signals.spider_closed)
    process.crawl(crawler)
    process.start()
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
