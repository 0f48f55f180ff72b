using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>Generated requests from several senders to one Host, and what must hold of every answer.</summary>
/// <param name="faults">The last exceptions in the Host's log.</param>
internal sealed class FuzzRun(HttpClient http, IReadOnlyList<Route> routes, int seed, Func<string> faults)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly UTF8Encoding StrictText = new(false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions StrictJson = new() { AllowDuplicateProperties = false, MaxDepth = 1_000 };

    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, byte> _accepted = new();
    private int _sent;

    /// <summary>How many requests are answered.</summary>
    public int Count => _answers.Values.Sum();

    /// <summary>The receipts of all events that webhooks had accepted.</summary>
    public ICollection<Guid> Accepted => _accepted.Keys;

    /// <summary>How many answers there were of each status; <c>storage_slow</c> counts beside 503.</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers;

    /// <summary>Goes on while it is told to; the number is that of the request.</summary>
    public Task RunAsync(int senders, Func<int, bool> goesOn) => Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(async () =>
    {
        var random = new Random(seed + sender);
        for (var number = 0; goesOn(Interlocked.Increment(ref _sent)); number++)
        {
            var input = FuzzInput.Next(routes, random);
            var answer = await AnswerAsync(input, $"seed {seed}, sender {sender}, number {number}: {input.Story}");
            _answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
        }
    })));

    private async Task<string> AnswerAsync(FuzzInput input, string story)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var request = input.Request;
        using var response = await http.SendAsync(request, deadline.Token);
        var answer = await Answer.ReadAsync(response);
        if (answer is { Status: 503, Code: "storage_slow" })
        {
            return "503 storage_slow"; // Of a webhook: the store of a busy machine took more than its 3 s. No fault of the input's.
        }

        answer.Status.ShouldBeLessThan(500, $"{story}: {answer.Text}\n{faults()}");
        if (!input.Route.IsAnonymous)
        {
            CheckRefusal(input, answer, story);
            CheckAcceptance(input, answer, story);
        }

        return answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void CheckRefusal(FuzzInput input, Answer answer, string story)
    {
        (answer.Status == 401).ShouldBe(!input.HasToken, $"{story}: {answer.Text}");
        if (input is { HasToken: true, HasUsableQuery: false } && !input.Route.IsWebhook)
        {
            // Routing itself refuses a content type that no endpoint takes, before anything is read.
            answer.Status.ShouldBeOneOf([400, 415], $"{story}: {answer.Text}");
        }

        if (answer.Status >= 400)
        {
            answer.Code.ShouldNotBeNull(story);
        }
    }

    // What a strict reader of JSON refuses, or what is packed, may never be taken.
    private void CheckAcceptance(FuzzInput input, Answer answer, string story)
    {
        if (answer.Status >= 300)
        {
            return;
        }

        if (input.Route.IsWebhook)
        {
            JsonElement[] receipts = answer.Json.TryGetProperty("results", out var results) ? [.. results.EnumerateArray()] : [answer.Json];
            var accepted = receipts.Where(receipt => receipt.GetProperty("status").GetString() == "accepted").Select(receipt => receipt.GetProperty("receipt_id").GetGuid()).ToList();
            accepted.ForEach(id => _accepted.TryAdd(id, 0));
            if (accepted.Count == 0)
            {
                return;
            }
        }
        else if (input.Body is null or [] || input.Route.Body.Form is not (BodyForm.Json or BodyForm.OptionalJson or BodyForm.Whole))
        {
            return;
        }

        IsStrict(input.Body).ShouldBeTrue($"{story}: {answer.Text}");
        input.Request.Content!.Headers.ContentEncoding.ShouldBeEmpty($"{story}: {answer.Text}");
    }

    private static bool IsStrict(byte[]? body)
    {
        try
        {
            using var document = JsonDocument.Parse(StrictText.GetString(body ?? []), StrictJson);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (Exception broken) when (broken is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }
}
