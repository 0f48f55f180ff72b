using System.Net.Sockets;

namespace AudienceSync.Host.Tests.Postgres;

/// <summary>A Docker engine, or why there is none.</summary>
/// <param name="Endpoint">Where it was looked for.</param>
/// <param name="Failure">Null when it answered.</param>
internal sealed record DockerEngine(string Endpoint, string? Failure)
{
    /// <summary>Environment variable of Docker: the address of the engine.</summary>
    public const string HostVariable = "DOCKER_HOST";

    /// <summary>An engine on this machine answers in milliseconds; a run of the tests must not wait for one that hangs.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>Asks the engine once.</summary>
    public static async Task<DockerEngine> ProbeAsync(Func<string, string?> environment)
    {
        var endpoint = Find(environment, File.Exists);
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("unix" or "tcp" or "http" or "https"))
        {
            return new DockerEngine(endpoint, $"{endpoint} is not an address of an engine that can be asked");
        }

        // The error of a connection to a missing socket does not mention that it is missing.
        if (address.Scheme == "unix" && !File.Exists(address.AbsolutePath))
        {
            return new DockerEngine(endpoint, $"{endpoint} does not exist");
        }

        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            using var network = new SocketsHttpHandler { ConnectCallback = (_, cancel) => ConnectAsync(address, cancel), UseProxy = false };
            using var client = new HttpClient(network);

            // Any response will do: an engine that requires TLS refuses in HTTP.
            using var answer = await client.GetAsync(new Uri("http://docker/_ping"), deadline.Token);
            return new DockerEngine(endpoint, Failure: null);
        }
        catch (OperationCanceledException)
        {
            return new DockerEngine(endpoint, $"{endpoint} does not answer within {Deadline.TotalSeconds} s");
        }
        catch (HttpRequestException failure)
        {
            return new DockerEngine(endpoint, $"{endpoint} cannot be reached ({(failure.InnerException ?? failure).Message})");
        }
    }

    /// <summary>The address in the environment, or the first of the usual sockets that exists.</summary>
    internal static string Find(Func<string, string?> environment, Func<string, bool> exists)
    {
        if (environment(HostVariable) is { Length: > 0 } host)
        {
            return host;
        }

        string?[] sockets =
        [
            "/var/run/docker.sock",
            environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? $"{runtime}/docker.sock" : null,
            environment("HOME") is { Length: > 0 } home ? $"{home}/.docker/run/docker.sock" : null,
        ];
        return "unix://" + (Array.Find(sockets, socket => socket is not null && exists(socket)) ?? sockets[0]);
    }

    private static async ValueTask<Stream> ConnectAsync(Uri address, CancellationToken cancel)
    {
        var socket =
            address.Scheme == "unix"
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await (
                address.Scheme == "unix"
                    ? socket.ConnectAsync(new UnixDomainSocketEndPoint(address.AbsolutePath), cancel)
                    : socket.ConnectAsync(address.Host, address.Port, cancel)
            );
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
