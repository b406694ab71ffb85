// A small HTTP server and its client in one, on the loopback interface.
import com.sun.net.httpserver.HttpServer;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URL;

class Loopback {
    public static void main(String[] arguments) throws Exception {
        byte[] page = "hello\n".getBytes();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 5);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, page.length);
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(page);
            }
        });
        server.start();
        URL url = new URL("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (var answer = url.openConnection(Proxy.NO_PROXY).getInputStream()) {
            System.out.write(answer.readAllBytes());
        }
        System.out.flush();
        server.stop(0);
    }
}
