using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Cli;

/// <summary>
/// HTTP client of the Host that runs with the same settings. It uses the operator token of the configuration. Responses are passed on
/// unchanged; a refusal becomes one line with its code.
/// </summary>
internal sealed class HostClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(10) };

    public HostClient(Func<string, string?> environment)
    {
        _http.BaseAddress = Address(HostSettings.FromEnvironment(environment).Urls);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OperatorToken(environment));
    }

    /// <summary>The operator token of the configuration.</summary>
    /// <exception cref="SetupException">config_missing, config_invalid, secret_missing</exception>
    internal static string OperatorToken(Func<string, string?> environment)
    {
        var loader = new ConfigLoader(HostSettings.FromEnvironment(environment).ConfigPath, environment);
        return Encoding.UTF8.GetString(loader.Secret(loader.Load().OperatorToken, "operator_token"));
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request and copies the response to <paramref name="console"/>. Returns the exit code.</summary>
    /// <param name="body">JSON; null for a request without a body.</param>
    /// <exception cref="SetupException">host_unreachable</exception>
    public async Task<int> SendAsync(
        HttpMethod method,
        string path,
        string? body,
        (TextWriter Output, TextWriter Error) console,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(request, console, cancellationToken);
    }

    /// <summary>Reads a response and prints it, as it is or for people. Returns the exit code.</summary>
    /// <exception cref="SetupException">host_unreachable</exception>
    public async Task<int> PrintAsync(
        string path,
        bool json,
        Action<TextWriter, JsonElement> print,
        (TextWriter Output, TextWriter Error) console,
        CancellationToken cancellationToken
    )
    {
        if (json)
        {
            return await SendAsync(HttpMethod.Get, path, body: null, console, cancellationToken);
        }

        await using var answer = new StringWriter();
        var code = await SendAsync(HttpMethod.Get, path, body: null, (answer, console.Error), cancellationToken);
        if (code == ExitCodes.Done)
        {
            using var document = JsonDocument.Parse(answer.ToString());
            print(console.Output, document.RootElement);
        }

        return code;
    }

    /// <summary>Sends a request and prints its response, as it is or for people. Returns the exit code.</summary>
    /// <exception cref="SetupException">host_unreachable</exception>
    public async Task<int> PrintAsync(
        HttpRequestMessage request,
        bool json,
        Func<TextWriter, JsonElement, int> print,
        (TextWriter Output, TextWriter Error) console,
        CancellationToken cancellationToken
    )
    {
        await using var answer = new StringWriter();
        var code = await SendAsync(request, (answer, console.Error), cancellationToken);
        if (code != ExitCodes.Done)
        {
            return code;
        }

        using var document = JsonDocument.Parse(answer.ToString());
        if (json)
        {
            await console.Output.WriteAsync(answer.ToString());
        }

        return print(json ? TextWriter.Null : console.Output, document.RootElement);
    }

    /// <summary>
    /// Sends a CSV file, as <see cref="SendAsync(HttpMethod, string, string, ValueTuple{TextWriter, TextWriter}, CancellationToken)"/>
    /// does.
    /// </summary>
    /// <exception cref="SetupException">host_unreachable</exception>
    public async Task<int> UploadAsync(
        string path,
        string file,
        (TextWriter Output, TextWriter Error) console,
        CancellationToken cancellationToken
    )
    {
        await using var text = File.OpenRead(file);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StreamContent(text) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return await SendAsync(request, console, cancellationToken);
    }

    private async Task<int> SendAsync(
        HttpRequestMessage request,
        (TextWriter Output, TextWriter Error) console,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            await console.Error.WriteLineAsync(
                $"audiencesync: {Problem((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken))}"
            );
            return ExitCodes.Failed;
        }

        using var answer = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        var buffer = new char[16 * 1024];
        int read;
        while ((read = await answer.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await console.Output.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        await console.Output.WriteLineAsync();
        return ExitCodes.Done;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new SetupException(
                "host_unreachable",
                $"No Host responds at {_http.BaseAddress} ({unreachable.HttpRequestError}). "
                    + "Start serve, or set AUDIENCESYNC_URLS to its address."
            );
        }
    }

    // The first listen address; a wildcard address is reached through the loopback interface.
    internal static Uri Address(string urls)
    {
        var first = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0]
            .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://[::]", "://[::1]", StringComparison.Ordinal);
        return new Uri(first);
    }

    private static string Problem(int status, string answer)
    {
        try
        {
            var problem = JsonDocument.Parse(answer).RootElement;
            return $"{problem.GetProperty("code").GetString()}: {problem.GetProperty("detail").GetString()}";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"the Host responded with status {status}.";
        }
    }
}
