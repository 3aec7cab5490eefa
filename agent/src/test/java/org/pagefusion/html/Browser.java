// Copyright 2026 The Pagefusion authors
// SPDX-License-Identifier: Apache-2.0
package org.pagefusion.html;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A headless Chromium with one tab, driven over the DevTools protocol
 * (https://chromedevtools.github.io/devtools-protocol/).
 */
public final class Browser implements AutoCloseable {
  private static final int SECONDS = 30;

  private static final List<String> NAMES = List.of("chromium", "google-chrome", "chrome");

  private final Path home;
  private final Process process;
  private final WebSocket socket;
  private final Messages messages = new Messages();
  private final List<JsonObject> events = new ArrayList<>();
  private final String session;
  private int calls;

  /** The browser of this machine, if it has one. */
  public static Optional<Path> find() {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      for (String name : NAMES) {
        Path path = Path.of(directory, name);
        if (Files.isExecutable(path)) {
          return Optional.of(path);
        }
      }
    }
    return Optional.empty();
  }

  /** Starts it, with a profile of its own and nothing that goes to the network. */
  public Browser() throws IOException, InterruptedException {
    home = Files.createTempDirectory("pagefusion-browser");
    process =
        new ProcessBuilder(
                find().orElseThrow().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + home.resolve("profile"),
                "about:blank")
            .redirectInput(new File("/dev/null"))
            .redirectOutput(home.resolve("out").toFile())
            .redirectError(home.resolve("err").toFile())
            .start();
    socket =
        HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(endpoint(), messages).join();
    JsonObject created = call("Target.createTarget", "url", "about:blank");
    JsonObject target = new JsonObject();
    target.addProperty("targetId", created.get("targetId").getAsString());
    target.addProperty("flatten", true);
    session = send(null, "Target.attachToTarget", target).get("sessionId").getAsString();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      call(domain + ".enable");
    }
  }

  /** Chromium writes its port and path here as soon as it listens. */
  private URI endpoint() throws IOException, InterruptedException {
    Path file = home.resolve("profile/DevToolsActivePort");
    for (int i = 0; i < SECONDS * 20 && process.isAlive(); i++) {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() == 2) {
          return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
        }
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IOException("chromium does not answer: " + Files.readString(home.resolve("err")));
  }

  // ---- what a person does

  /** Opens a file, and waits until it has loaded. */
  public void open(Path file) {
    events.clear();
    JsonObject answer = call("Page.navigate", "url", file.toUri().toString());
    if (answer.has("errorText")) {
      throw new AssertionError(file + ": " + answer.get("errorText").getAsString());
    }
    await("Page.loadEventFired");
  }

  /** Sets the size of the window, in CSS pixels. */
  public void resize(int width, int height) {
    JsonObject size = new JsonObject();
    size.addProperty("width", width);
    size.addProperty("height", height);
    size.addProperty("deviceScaleFactor", 1);
    size.addProperty("mobile", false);
    send(session, "Emulation.setDeviceMetricsOverride", size);
  }

  /**
   * Sets what the page is shown on.
   *
   * @param media {@code screen} or {@code print}
   * @param scheme {@code light} or {@code dark}
   */
  public void media(String media, String scheme) {
    JsonObject feature = new JsonObject();
    feature.addProperty("name", "prefers-color-scheme");
    feature.addProperty("value", scheme);
    JsonArray features = new JsonArray();
    features.add(feature);
    JsonObject emulated = new JsonObject();
    emulated.addProperty("media", media);
    emulated.add("features", features);
    send(session, "Emulation.setEmulatedMedia", emulated);
  }

  /** Lets pages run scripts, or not. */
  public void scripts(boolean on) {
    JsonObject value = new JsonObject();
    value.addProperty("value", !on);
    send(session, "Emulation.setScriptExecutionDisabled", value);
  }

  /** Presses and releases a key: Tab, Enter or a space. */
  public void press(String key) {
    int code = key.equals("Tab") ? 9 : key.equals("Enter") ? 13 : 32;
    for (String type : List.of("keyDown", "keyUp")) {
      JsonObject event = new JsonObject();
      event.addProperty("type", type);
      event.addProperty("key", key);
      event.addProperty("code", key.equals(" ") ? "Space" : key);
      event.addProperty("windowsVirtualKeyCode", code);
      if (!key.equals("Tab")) {
        event.addProperty("text", key.equals("Enter") ? "\r" : key);
      }
      send(session, "Input.dispatchKeyEvent", event);
    }
  }

  // ---- what there is to see

  /** The value of an expression, which may be a promise. */
  public JsonElement evaluate(String expression) {
    JsonObject asked = new JsonObject();
    asked.addProperty("expression", expression);
    asked.addProperty("returnByValue", true);
    asked.addProperty("awaitPromise", true);
    JsonObject answer = send(session, "Runtime.evaluate", asked);
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(answer.get("exceptionDetails").toString());
    }
    return answer.getAsJsonObject("result").get("value");
  }

  /** What was said on the console and what went wrong since the page was opened. */
  public List<String> complaints() {
    evaluate("new Promise(done => setTimeout(done, 50))");
    return events(List.of("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"));
  }

  /** Addresses that were asked for since the page was opened. */
  public List<String> requests() {
    List<String> addresses = new ArrayList<>();
    for (JsonObject event : events) {
      if (event.get("method").getAsString().equals("Network.requestWillBeSent")) {
        JsonObject request = event.getAsJsonObject("params").getAsJsonObject("request");
        addresses.add(request.get("url").getAsString());
      }
    }
    return addresses;
  }

  private List<String> events(List<String> methods) {
    List<String> found = new ArrayList<>();
    for (JsonObject event : events) {
      if (methods.contains(event.get("method").getAsString())) {
        found.add(event.get("params").toString());
      }
    }
    return found;
  }

  /** A picture of the whole page. */
  public byte[] screenshot() {
    JsonObject whole = new JsonObject();
    whole.addProperty("format", "png");
    whole.addProperty("captureBeyondViewport", true);
    JsonObject answer = send(session, "Page.captureScreenshot", whole);
    return Base64.getDecoder().decode(answer.get("data").getAsString());
  }

  // ---- the protocol

  private JsonObject call(String method, String... parameters) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < parameters.length; i += 2) {
      object.addProperty(parameters[i], parameters[i + 1]);
    }
    return send(session, method, object);
  }

  private JsonObject send(String to, String method, JsonObject parameters) {
    JsonObject message = new JsonObject();
    message.addProperty("id", ++calls);
    message.addProperty("method", method);
    message.add("params", parameters);
    if (to != null) {
      message.addProperty("sessionId", to);
    }
    socket.sendText(message.toString(), true).join();
    while (true) {
      JsonObject answer = next();
      if (answer.has("id") && answer.get("id").getAsInt() == calls) {
        if (answer.has("error")) {
          throw new AssertionError(method + ": " + answer.get("error"));
        }
        return answer.getAsJsonObject("result");
      }
      events.add(answer);
    }
  }

  private void await(String method) {
    for (JsonObject event : events) {
      if (event.has("method") && event.get("method").getAsString().equals(method)) {
        return;
      }
    }
    JsonObject event;
    do {
      event = next();
      events.add(event);
    } while (!event.get("method").getAsString().equals(method));
  }

  private JsonObject next() {
    try {
      String text = messages.queue.poll(SECONDS, TimeUnit.SECONDS);
      if (text == null) {
        throw new AssertionError("chromium is silent");
      }
      return JsonParser.parseString(text).getAsJsonObject();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Puts the pieces of messages together. */
  private static final class Messages implements WebSocket.Listener {
    private final BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    private final StringBuilder pieces = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      pieces.append(data);
      if (last) {
        queue.add(pieces.toString());
        pieces.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new AssertionError(e);
    }
    try (Stream<Path> paths = Files.walk(home)) {
      paths.sorted(Comparator.reverseOrder()).forEach(Browser::delete);
    }
  }

  /** What a process of the browser that is still ending takes away by itself is no concern. */
  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
