using System.Collections.Concurrent;
using System.Globalization;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Requests;

/// <summary>
/// Generated bodies, queries and headers at every route for some seconds (<c>AUDIENCESYNC_FUZZ_S</c>, 40 unless set). The seed is printed;
/// <c>AUDIENCESYNC_FUZZ_SEED</c> repeats it.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Senders = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_input_is_answered_with_a_fault_and_nothing_is_accepted_that_must_be_refused()
    {
        var seed = Number("AUDIENCESYNC_FUZZ_SEED", Environment.TickCount & int.MaxValue);
        var seconds = Number("AUDIENCESYNC_FUZZ_S", 40);
        output.WriteLine($"seed {seed}");
        await using var host = await TestHost.StartAsync();
        var routes = Route.Of(host);
        var answered = new ConcurrentDictionary<int, int>();
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            var random = new Random(seed + sender);
            for (var number = 0; !end.IsCancellationRequested; number++)
            {
                var input = FuzzInput.Next(routes, random);
                var answer = await AnswerAsync(host, input, $"seed {seed}, sender {sender}, number {number}: {input.Story}");
                answered.AddOrUpdate(answer, 1, static (_, count) => count + 1);
            }
        })));
        foreach (var (status, count) in answered.OrderBy(pair => pair.Key))
        {
            output.WriteLine($"{status}: {count}");
        }

        // A fuzz that is refused at the first check everywhere would find nothing.
        new[] { 200, 400, 401, 404, 415, 422 }.Except(answered.Keys).ShouldBeEmpty($"seed {seed}");
        host.LogLines.ShouldAllBe(line => !line.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<int> AnswerAsync(TestHost host, FuzzInput input, string story)
    {
        using var deadline = new CancellationTokenSource(Patience);
        using var request = input.Request;
        using var response = await host.Http.SendAsync(request, deadline.Token);
        var answer = await Answer.ReadAsync(response);
        if (answer is { Status: 503, Code: "storage_slow" })
        {
            return answer.Status; // Of a webhook: the store of a busy machine took more than its 3 s. No fault of the input's.
        }

        answer.Status.ShouldBeLessThan(
            500, $"{story}: {answer.Text}\n{string.Join('\n', host.LogLines.Where(line => line.Contains("xception", StringComparison.Ordinal)).TakeLast(3))}");
        if (input.Route.IsAnonymous)
        {
            return answer.Status;
        }

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

        return answer.Status;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
