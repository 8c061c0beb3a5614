import { useEffect, useRef } from "preact/hooks";
import { askSession } from "./api/session";
import { useRefresh } from "./api/use_resource";
import { Account } from "./parts/account";
import { Mark } from "./parts/icons";
import { followLink, pageOf, usePath, type Page } from "./router";
import { About } from "./views/about";
import { ForecastPage } from "./views/forecast";
import { Home } from "./views/home";
import { NotFound } from "./views/not_found";
import { RouteReport } from "./views/route_report";

const titles: Record<Page["name"], string> = {
  home: "AspectAvy",
  route: "Route report · AspectAvy",
  forecast: "Official forecast · AspectAvy",
  about: "What the grades mean · AspectAvy",
  not_found: "Not found · AspectAvy",
};

function View({ page }: { page: Page }) {
  switch (page.name) {
    case "home":
      return <Home />;
    case "route":
      return <RouteReport key={page.id} id={page.id} />;
    case "forecast":
      return <ForecastPage key={page.id} id={page.id} />;
    case "about":
      return <About />;
    case "not_found":
      return <NotFound />;
  }
}

export function App() {
  const path = usePath();
  const page = pageOf(path);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => void askSession(), []);
  useRefresh(askSession);

  // A reader who does not see the page change must hear it: the new heading takes the focus.
  useEffect(() => {
    document.title = titles[page.name];
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    main.current?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }, [path]);

  return (
    <div onClick={followLink}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="site-header">
        <a class="brand" href="/">
          <Mark /> AspectAvy
        </a>
        <Account path={path} />
        <nav aria-label="Main">
          <a href="/" aria-current={page.name === "home" ? "page" : undefined}>
            Routes
          </a>
          <a href="/about" aria-current={page.name === "about" ? "page" : undefined}>
            What grades mean
          </a>
        </nav>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <View page={page} />
      </main>
      <footer class="site-footer">
        <p>
          The official forecast is the primary source. A grade says where its danger level meets terrain that the rules
          close, nothing more.
        </p>
      </footer>
    </div>
  );
}
