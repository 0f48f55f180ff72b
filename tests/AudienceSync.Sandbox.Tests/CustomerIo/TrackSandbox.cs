using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace AudienceSync.Sandbox.Tests.CustomerIo;

/// <summary>A sandbox with one workspace of Customer.io and its people 1 and 2.</summary>
internal sealed class TrackSandbox : IAsyncDisposable
{
    public const string Site = "site0001";
    public const string Key = "api-key-1";
    public const string Ulid = "01E4C4CT6YDC7Y5M7FE1GWWPQJ";
    public const string OtherUlid = "01E4C4CT6YDC7Y5M7FE1GWWPQK";

    private TrackSandbox(RunningSandbox running) => Running = running;

    public RunningSandbox Running { get; }

    public static async Task<TrackSandbox> StartAsync(string settings = "{}", bool onRealPort = false)
    {
        var sandbox = new TrackSandbox(await RunningSandbox.StartAsync(onRealPort: onRealPort));
        var account = $$"""{"platform":"customerio","account":"{{Site}}","token":"{{Key}}","customerio":{{settings}}}""";
        (await sandbox.Running.SendAsync(HttpMethod.Post, "/admin/accounts", account)).Status.ShouldBe(200);
        const string People = """[{"id":"1","email":"ann@example.com","cio_id":"d90001"},{"id":"2","email":"bob@example.com"}]""";
        var created = await sandbox.Running.SendAsync(HttpMethod.Post, $"/admin/customerio/{Site}/people", People);
        created.Json.GetProperty("created").GetInt32().ShouldBe(2);
        return sandbox;
    }

    public static string EventItem(string id, string person = "1", string name = "audience_synced", long timestamp = 1_697_000_000) =>
        $$"""
            {"type":"person","action":"event","identifiers":{"id":"{{person}}"},"name":"{{name}}","id":"{{id}}","timestamp":{{timestamp}},
            "attributes":{"audience":"carts"} }
            """;

    public static string IdentifyItem(string attributes, string identifiers = """{"id":"1"}""") =>
        $$"""{"type":"person","action":"identify","identifiers":{{identifiers}},"attributes":{{attributes}} }""";

    public Task<Response> BatchAsync(params string[] items) =>
        SendAsync(HttpMethod.Post, "/customerio/api/v2/batch", $$"""{"batch":[{{string.Join(',', items)}}]}""");

    public async Task<Response> SendAsync(HttpMethod method, string path, string? body, string? credentials = $"{Site}:{Key}")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = credentials is null
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return await Running.SendAsync(request);
    }

    public async Task<JsonElement> PersonAsync(string identifier = "1")
    {
        var found = await Running.GetAsync($"/admin/customerio/{Site}/people/{identifier}");
        found.Status.ShouldBe(200, found.Text);
        return found.Json;
    }

    public async Task<bool> ExistsAsync(string identifier) =>
        (await Running.GetAsync($"/admin/customerio/{Site}/people/{identifier}")).Status == 200;

    /// <summary>Id and number of deliveries of each event of a person, in the order of their arrival.</summary>
    public async Task<string[]> EventsAsync(string identifier = "1") =>
        [
            .. (await PersonAsync(identifier))
                .GetProperty("events")
                .EnumerateArray()
                .Select(item => $"{item.GetProperty("id")} {item.GetProperty("name")} x{item.GetProperty("deliveries")}"),
        ];

    public async Task<string?> AttributeAsync(string name, string identifier = "1") =>
        (await PersonAsync(identifier)).GetProperty("attributes").TryGetProperty(name, out var held)
            ? held.GetProperty("value").ToString()
            : null;

    public async Task<long> IgnoredAsync(string reason) =>
        (await Running.GetAsync($"/admin/customerio/{Site}")).Json.GetProperty("ignored").TryGetProperty(reason, out var count)
            ? count.GetInt64()
            : 0;

    public ValueTask DisposeAsync() => Running.DisposeAsync();
}
