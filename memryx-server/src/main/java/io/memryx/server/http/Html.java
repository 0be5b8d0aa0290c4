package io.memryx.server.http;

/** Small pages for browsers: no scripts, no styles, nothing from elsewhere. */
final class Html {
  private Html() {}

  /**
   * A page.
   *
   * @param title escaped here
   * @param body markup, whose texts are escaped
   */
  static Answer page(String title, String body) {
    String text =
        """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>%1$s</title></head>
        <body>
        <h1>%1$s</h1>
        %2$s</body>
        </html>
        """
            .formatted(escaped(title), body);
    return Answer.text(200, MediaTypes.HTML + "; charset=utf-8", text)
        .withHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .withHeader("Referrer-Policy", "no-referrer");
  }

  /** Text that is text and nothing else. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
