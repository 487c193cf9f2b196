"""A crawl in a reactor that stands still between two pages, so that tests can ask for one at a time.

Twisted's reactor starts once in a process. Over asyncio it needs no `run`: the loop runs until a page is
there. Engine, downloader and middlewares are scrapy's own.

Rules of this file:
- One crawl for the whole session: a jar of its own is a `cookiejar` key of its own.
"""

import asyncio
import itertools
import warnings

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
MIDDLEWARES = {
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "cookietin.integrations.scrapy.CookiesMiddleware": 700,
}
SETTINGS = {
    "DOWNLOADER_MIDDLEWARES": MIDDLEWARES,
    "TWISTED_REACTOR": REACTOR,
    "TELNETCONSOLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "LOG_ENABLED": False,
    "DOWNLOAD_TIMEOUT": 20,
}
# What scrapy 2.13 makes Twisted say about https.
OF_SCRAPY = "Passing method to twisted"


class Crawl:
    """The crawl, with `fetch` for one page."""

    def __init__(self):
        from scrapy.utils.reactor import install_reactor

        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        install_reactor(REACTOR)
        from twisted.internet import reactor

        reactor.startRunning(installSignalHandlers=False)
        self.keys = itertools.count()
        self.crawler = self.loop.run_until_complete(self._begin())

    async def _begin(self):
        import scrapy
        from scrapy.crawler import CrawlerRunner

        class Idle(scrapy.Spider):
            name = "idle"

            async def start(self):
                for nothing in ():
                    yield nothing

        def stay():
            raise scrapy.exceptions.DontCloseSpider

        opened = self.loop.create_future()
        crawler = CrawlerRunner(SETTINGS).create_crawler(Idle)
        crawler.signals.connect(stay, scrapy.signals.spider_idle, weak=False)
        crawler.signals.connect(
            lambda: opened.set_result(None), scrapy.signals.spider_opened, weak=False
        )
        self.crawling = CrawlerRunner(SETTINGS).crawl(crawler)
        await opened
        return crawler

    def fetch(self, url, meta, **options):
        import scrapy

        request = scrapy.Request(url, meta=meta, **options)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", OF_SCRAPY, DeprecationWarning)
            return self.loop.run_until_complete(self._download(request))

    async def _download(self, request):
        engine = self.crawler.engine
        if hasattr(engine, "download_async"):
            return await engine.download_async(request)
        return await engine.download(request).asFuture(self.loop)

    def close(self):
        self.loop.run_until_complete(self._end())
        from twisted.internet import reactor

        # The process would wait for the threads that look names up.
        reactor.getThreadPool().stop()
        asyncio.set_event_loop(None)
        self.loop.close()

    async def _end(self):
        if hasattr(self.crawler, "stop_async"):
            await self.crawler.stop_async()
        else:
            await self.crawler.stop().asFuture(self.loop)
        await self.crawling.asFuture(self.loop)
