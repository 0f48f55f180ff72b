using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Decisions;

/// <summary>Questions to a Host, and what a test does to the database meanwhile.</summary>
internal static class DecisionStage
{
    public static HttpRequestMessage Signed(string body, DateTimeOffset at)
    {
        var request = Webhook.Signed(body, at);
        request.RequestUri = new Uri(DecisionEndpoint.Path, UriKind.Relative);
        return request;
    }

    public static HttpRequestMessage Unsigned(string body)
    {
        var request = Webhook.Request(body, TestHostFiles.UnsignedToken);
        request.RequestUri = new Uri(DecisionEndpoint.Path, UriKind.Relative);
        return request;
    }

    /// <summary>Asks as the source that signs.</summary>
    public static Task<Answer> DecideAsync(this TestHost host, string body) => host.SendAsync(Signed(body, host.Clock.GetUtcNow()));

    /// <summary>Asks about a person.</summary>
    public static async Task<JsonElement> DecideAsync(this TestHost host, JsonObject person, params string[] audiences)
    {
        var question = new JsonObject { ["person"] = person.DeepClone() };
        if (audiences.Length > 0)
        {
            question["audiences"] = new JsonArray([.. audiences.Select(name => (JsonNode)name)]);
        }

        var answer = await host.DecideAsync(question.ToJsonString());
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    /// <summary>From here on another Host is the projector, and does nothing.</summary>
    public static Task StopProjectorAsync(this TestHost host) =>
        host.ExecuteAsync(
            "update leases set owner = 'nobody', fence = fence + 1, until = clock_timestamp() + interval '1 hour' where name = 'projector'"
        );

    public static async Task<NpgsqlConnection> ConnectAsync(this TestHost host)
    {
        var settings = new NpgsqlConnectionStringBuilder(host.Database) { SearchPath = "ws_default", Pooling = false };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>A webhook of any kind about a person, at a time before the Host's.</summary>
    public static JsonObject Event(TestHost host, string kind, JsonObject person, int minutesAgo = 1)
    {
        var sample = Sample.Of((JsonObject)person.DeepClone());
        sample["event"] = kind;
        sample["occurred_at"] = host.Clock.GetUtcNow().AddMinutes(-minutesAgo).ToString("O", CultureInfo.InvariantCulture);
        if (!kind.StartsWith("audience", StringComparison.Ordinal))
        {
            sample.Remove("audience_key");
        }

        return sample;
    }

    public static async Task AcceptAsync(this TestHost host, JsonObject sample)
    {
        var answer = await host.PostAsync(sample);
        (answer.Status, answer.Json.GetProperty("status").GetString()).ShouldBe((200, "accepted"), answer.Text);
    }
}
