using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>Generated requests from several senders to one Host, and the checks of every response.</summary>
/// <param name="faults">The last exceptions in the Host's log.</param>
/// <param name="now">The time of the Host.</param>
internal sealed class FuzzRun(HttpClient http, IReadOnlyList<Route> routes, int seed, Func<string> faults, Func<DateTimeOffset> now)
{
    /// <summary>Counts the requests that were sent again because the store was slow or down.</summary>
    public const string Repeated = "503 and sent again";

    /// <summary>Counts the responses of <c>/health/ready</c> while the store was slow.</summary>
    public const string NotReady = "503 not ready";

    private const int MostRepeats = 5;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, byte> _accepted = new();
    private int _sent;
    private int _acceptedForms;
    private int _acceptedSigned;

    /// <summary>Number of answered requests.</summary>
    public int Count => _answers.Where(pair => pair.Key != Repeated).Sum(pair => pair.Value);

    /// <summary>The receipts of all events accepted by webhooks.</summary>
    public ICollection<Guid> Accepted => _accepted.Keys;

    /// <summary>Number of forms that were accepted.</summary>
    public int AcceptedForms => Volatile.Read(ref _acceptedForms);

    /// <summary>Number of accepted bodies of the source that must sign.</summary>
    public int AcceptedSigned => Volatile.Read(ref _acceptedSigned);

    /// <summary>Number of responses by status; resent requests are counted separately.</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers;

    /// <summary>Runs while <paramref name="shouldContinue"/> returns true for the number of the next request.</summary>
    public async Task RunAsync(int senders, Func<int, bool> shouldContinue)
    {
        using var failed = new CancellationTokenSource();
        await Task.WhenAll(
            Enumerable
                .Range(0, senders)
                .Select(sender =>
                    Task.Run(() => SendAsync(sender, number => !failed.IsCancellationRequested && shouldContinue(number), failed))
                )
        );
    }

    private async Task SendAsync(int sender, Func<int, bool> shouldContinue, CancellationTokenSource failed)
    {
        try
        {
            var random = new Random(seed + sender);
            for (var number = 0; shouldContinue(Interlocked.Increment(ref _sent)); number++)
            {
                var input = FuzzInput.Next(routes, random, now());
                var answer = await AnswerAsync(input, $"seed {seed}, sender {sender}, number {number}: {input.Story}");
                _answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
            }
        }
        catch
        {
            await failed.CancelAsync(); // One failure is enough: the others need not continue for minutes.
            throw;
        }
    }

    private async Task<string> AnswerAsync(FuzzInput input, string story)
    {
        using var deadline = new CancellationTokenSource(TimeLimit);
        using var request = input.Request;
        var answer = await AnswerAsync(request, story, deadline.Token);
        if (input.Route.IsAnonymous && answer.Status == 503)
        {
            return NotReady;
        }

        for (var more = 0; more < MostRepeats && answer is { Status: 503, Code: "storage_slow" or "storage_down" }; more++)
        {
            // Either the store of a busy machine is slow, or the input is the cause: then the response is the same again.
            _answers.AddOrUpdate(Repeated, 1, static (_, count) => count + 1);
            using var again = Copy(request, input.Body);
            answer = await AnswerAsync(again, story, deadline.Token);
        }

        if (answer.Status >= 500)
        {
            // Only here: the whole log is searched, and it grows with every request.
            answer.Status.ShouldBeLessThan(500, $"{story}: {answer.Text}\n{faults()}");
        }

        if (!input.Route.IsAnonymous)
        {
            CheckRefusal(input, answer, story);
            CheckAcceptance(input, answer, story);
        }

        return answer.Status.ToString(CultureInfo.InvariantCulture);
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Content = body is null ? null : new ByteArrayContent(body),
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        foreach (var (name, values) in request.Content?.Headers.NonValidated.Where(header => header.Key != "Content-Length") ?? [])
        {
            copy.Content!.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
        }

        return copy;
    }

    private async Task<Answer> AnswerAsync(HttpRequestMessage request, string story, CancellationToken deadline)
    {
        try
        {
            using var response = await http.SendAsync(request, deadline);
            return await Answer.ReadAsync(response);
        }
        catch (Exception unanswered) when (unanswered is HttpRequestException or OperationCanceledException)
        {
            throw new InvalidOperationException($"No response: {story}\n{faults()}", unanswered);
        }
    }

    private static void CheckRefusal(FuzzInput input, Answer answer, string story)
    {
        (answer.Status == 401).ShouldBe(!input.HasToken, $"{story}: {answer.Text}");
        if (input is { HasToken: true, HasUsableQuery: false } && !input.Route.IsWebhook)
        {
            // Routing itself refuses a content type that no endpoint accepts, before anything is read.
            answer.Status.ShouldBeOneOf([400, 415], $"{story}: {answer.Text}");
        }

        if (answer.Status >= 400)
        {
            answer.Code.ShouldNotBeNull(story);
        }
    }

    // Input that a strict JSON reader refuses, or that is compressed, may never be accepted.
    private void CheckAcceptance(FuzzInput input, Answer answer, string story)
    {
        if (answer.Status >= 300)
        {
            return;
        }

        var isQuestion = input.Route.Path == DecisionEndpoint.Path;
        var taken =
            isQuestion ? [input.Content]
            : input.Route.IsWebhook ? AcceptedEvents(input, answer.Json, story)
            : IsWritten(input) ? [input.Content]
            : [];
        var isForm = input.Route.IsWebhook && input.IsForm;
        taken.ShouldAllBe(
            one => FuzzOracle.IsStrict(one, isForm) || (!isQuestion && FuzzOracle.IsRemoval(one, isForm)),
            $"{story}: {answer.Text}"
        );
        if (taken.Count > 0)
        {
            Interlocked.Add(ref _acceptedForms, isForm ? 1 : 0);
            Interlocked.Add(ref _acceptedSigned, FuzzSignatures.IsSigned(input.Request) ? 1 : 0);
            input.Request.Content!.Headers.ContentEncoding.ShouldBeEmpty($"{story}: {answer.Text}");
        }
    }

    private static bool IsWritten(FuzzInput input) =>
        input.Content.Length > 0 && input.Route.Body.Form is BodyForm.Json or BodyForm.OptionalJson or BodyForm.Whole;

    // A bad event affects only itself, so each event of an array is checked separately.
    private List<byte[]> AcceptedEvents(FuzzInput input, JsonElement answer, string story)
    {
        var body = input.Content;
        var isArray = answer.TryGetProperty("results", out var results);
        JsonElement[] receipts = isArray ? [.. results.EnumerateArray()] : [answer];
        var numbers = Enumerable
            .Range(0, receipts.Length)
            .Where(number => receipts[number].GetProperty("status").GetString() == "accepted")
            .ToList();
        numbers.ForEach(number => _accepted.TryAdd(receipts[number].GetProperty("receipt_id").GetGuid(), 0));
        if (numbers.Count == 0 || !isArray)
        {
            return numbers.Count == 0 ? [] : [body];
        }

        var events = EventsOf(body, receipts.Length);
        events.Count.ShouldBe(receipts.Length, story);
        return [.. numbers.Select(number => events[number])];
    }

    // A body that is not an array is a batch: its lines that are not blank, or one event on several lines.
    private static List<byte[]> EventsOf(byte[] body, int count)
    {
        if (Encoding.Latin1.GetString(body).TrimStart(' ', '\t', '\r', '\n').StartsWith('['))
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = FuzzOracle.MaxDepth });
            return [.. document.RootElement.EnumerateArray().Select(one => JsonMarshal.GetRawUtf8Value(one).ToArray())];
        }

        var lines = Encoding
            .Latin1.GetString(body)
            .Split('\n')
            .Select(line => line.Trim(' ', '\t', '\r'))
            .Where(line => line.Length > 0)
            .Select(Encoding.Latin1.GetBytes)
            .ToList();
        return lines.Count > 1 && count == 1 ? [body] : lines;
    }
}
