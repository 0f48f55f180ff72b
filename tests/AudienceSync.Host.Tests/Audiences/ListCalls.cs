using System.Text.Json;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>Stands before the platform and keeps, for each digest, the calls about it that the platform took: + came on the list, - left it.</summary>
internal sealed class ListCalls(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Dictionary<string, string> _calls = new(StringComparer.Ordinal);

    /// <summary>In the order in which they were taken; empty when it was never named.</summary>
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
            Keep(body, request.Method == HttpMethod.Post ? '+' : '-');
        }

        return response;
    }

    private void Keep(byte[] body, char what)
    {
        using var json = JsonDocument.Parse(body);
        var payload = json.RootElement.GetProperty("payload");
        var email = payload.GetProperty("schema").EnumerateArray().Select(column => column.GetString()).ToList().IndexOf("EMAIL");
        lock (_calls)
        {
            foreach (var digest in payload.GetProperty("data").EnumerateArray().Select(row => row[email].GetString()!))
            {
                _calls[digest] = _calls.GetValueOrDefault(digest, "") + what;
            }
        }
    }
}
