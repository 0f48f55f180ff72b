using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>Helpers for what operators and senders do in the erasure tests.</summary>
internal static class ErasureActions
{
    public const string FirstKey = "high_intent_cart_7d_v1";
    public const string SecondKey = "winback_45d_v1";

    /// <summary>A webhook about a customer, with up to two more identifiers.</summary>
    public static async Task<Answer> SendEventAsync(
        this TestHost host,
        string? customer,
        string? email = null,
        string? phone = null,
        string key = FirstKey,
        string word = "audience_add",
        int minutes = 0
    )
    {
        var sample = Sample.Event();
        sample["event"] = word;
        sample["audience_key"] = key;
        sample["occurred_at"] = DateTimeOffset
            .Parse((string)sample["occurred_at"]!, System.Globalization.CultureInfo.InvariantCulture)
            .AddMinutes(minutes)
            .ToString("O");
        sample["person"] = new System.Text.Json.Nodes.JsonObject
        {
            ["customer_id"] = customer,
            ["email"] = email,
            ["phone"] = phone,
        };
        return await host.PostAsync(sample);
    }

    /// <summary>Requests an erasure. The response must be about that request.</summary>
    public static async Task<JsonElement> EraseAsync(this TestHost host, object who)
    {
        var answer = await host.AskAsync("/v1/people/erasures", who);
        answer.Status.ShouldBe(202, answer.Text);
        return answer.Json;
    }

    public static async Task<Answer> AskAsync(this TestHost host, string path, object who)
    {
        using var response = await host.Operator.PostAsJsonAsync(path, who);
        return await Answer.ReadAsync(response);
    }

    public static Guid Id(this JsonElement erasure) => erasure.GetProperty("id").GetGuid();

    public static string? State(this JsonElement erasure) => erasure.GetProperty("state").GetString();

    public static Task<JsonElement> ReceiptAsync(this TestHost host, Guid erasure) => host.GetAsync($"/v1/people/erasures/{erasure}");

    /// <summary>Waits for the receipt.</summary>
    public static Task<JsonElement> ErasedAsync(this TestHost host, Guid erasure, Action? meanwhile = null) =>
        host.UntilAsync(() => host.ReceiptAsync(erasure), receipt => receipt.State() == "erased", meanwhile);

    /// <summary>Polls until the value is as expected; the test fails after half a minute.</summary>
    public static async Task<JsonElement> UntilAsync(
        this TestHost host,
        Func<Task<JsonElement>> read,
        Func<JsonElement, bool> isExpected,
        Action? meanwhile = null
    )
    {
        var seen = default(JsonElement);
        await Deadline.UntilAsync(
            async () =>
            {
                seen = await read();
                if (isExpected(seen))
                {
                    return true;
                }

                meanwhile?.Invoke();
                return false;
            },
            () => $"{seen}\n{string.Join('\n', host.LogLines.Where(line => !line.Contains(" Microsoft.")).TakeLast(30))}",
            TimeSpan.FromSeconds(30)
        );
        return seen;
    }
}
