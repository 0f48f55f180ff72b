using System.Text.Json;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>
/// Intercepts calls to the platform and records, for each digest, the calls that the platform accepted: + added to the list, - removed from
/// it.
/// </summary>
internal sealed class ListCalls(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Dictionary<string, string> _calls = new(StringComparer.Ordinal);

    /// <summary>In the order in which they were accepted; empty when the digest was never in a call.</summary>
    public string Of(string digest)
    {
        lock (_calls)
        {
            return _calls.GetValueOrDefault(digest, "");
        }
    }

    public IReadOnlyCollection<string> Digests
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls.Keys];
            }
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is null || !request.RequestUri!.AbsolutePath.EndsWith("/users", StringComparison.Ordinal))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        await request.Content.LoadIntoBufferAsync(cancellationToken);
        var body = await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            Record(body, request.Method == HttpMethod.Post ? '+' : '-');
        }

        return response;
    }

    private void Record(byte[] body, char operation)
    {
        using var json = JsonDocument.Parse(body);
        var payload = json.RootElement.GetProperty("payload");
        var email = payload.GetProperty("schema").EnumerateArray().Select(column => column.GetString()).ToList().IndexOf("EMAIL");
        lock (_calls)
        {
            foreach (var digest in payload.GetProperty("data").EnumerateArray().Select(row => row[email].GetString()!))
            {
                _calls[digest] = _calls.GetValueOrDefault(digest, "") + operation;
            }
        }
    }
}
