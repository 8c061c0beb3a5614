export function NotFound() {
  return (
    <article class="prose">
      <h1 tabIndex={-1}>There is no page here</h1>
      <p>
        The address may be mistyped, or the thing it named is gone. <a href="/">Back to the routes</a>
      </p>
    </article>
  );
}
