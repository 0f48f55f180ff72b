using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>The matrix of <see cref="RemovalMatrixTests"/> for urlencoded bodies, which have junk of their own.</summary>
public sealed class FormRemovalTests(ITestOutputHelper output)
{
    private const int Connections = 32;

    private static readonly string[] Events = ["audience_remove", "person_suppress", "person_consent", "person_consent personalization"];

    // What cannot be read as text, and so identifies nobody. The field stands for @; bytes are those of Latin-1.
    private static readonly string[] Unreadable =
    [
        "@=%",
        "@=100%",
        "@=%zz",
        "@=%4",
        "@=%ff",
        "@=%C3%28",
        "@=%ED%A0%BD",
        "@=caf\u00e9",
        "@=%00",
        "@=a%00b",
        "@[]=%ff&@[]=a",
        "@[a]=%",
        "@[a][b]=1",
    ];

    private static readonly string[] Junk =
    [
        .. Unreadable,
        "@=",
        "@",
        "@=+++",
        "@=null",
        "@=true",
        "@=-1",
        "@=1e300",
        "@=2026",
        "@=tomorrow",
        "@=%5B%5D",
        "@=%7B%7D",
        "@=%F0%9F%98%80",
        $"@={new string('x', 400)}",
        $"@={new string('x', 3_000)}",
        "@[]=a&@[]=b",
        "@[a]=b",
    ];

    // Nobody knows which is meant: a field that the removal needs is refused instead.
    private static readonly string[] Twice = ["@=a&@=b", "@=a&@=a", "@=&@=", "@=a&@[x]=b", "@[x]=b&@=a", "@[]=a&@=b", "@=%ff&@=a"];

    private static readonly HashSet<string> NeededOnce = ["customer_id", "email", "phone", "id", "occurred_at", "person"];

    [Fact]
    public async Task A_removal_in_a_form_takes_effect_with_anything_in_a_field_that_it_does_not_need()
    {
        var cases = Cases();
        await using var host = await TestHost.StartAsync(RemovalMatrixTests.Unbound);
        var people = new Dictionary<string, RemovalCase>(StringComparer.Ordinal);
        foreach (var chunk in cases.Chunk(500))
        {
            var answer = await host.PostAsync($"[{string.Join(',', chunk.Select(one => RemovalMatrix.Add(one).ToJsonString()))}]");
            answer.Status.ShouldBe(200, answer.Text);
            foreach (var (one, receipt) in chunk.Zip(answer.Results))
            {
                people[receipt.GetProperty("receipt_id").GetString()!] = one;
            }
        }

        var wrong = new List<string>();
        foreach (var chunk in cases.Chunk(Connections))
        {
            var answers = await Task.WhenAll(chunk.Select(one => SendAsync(host, one)));
            wrong.AddRange(
                chunk.Zip(answers).Where(one => !IsRight(one.First, one.Second)).Select(one => $"{one.First}: {one.Second.Text}")
            );
        }

        wrong.ShouldBeEmpty();
        await host.WaitUntilQuietAsync(RemovalMatrixTests.FoldedWithin_s);
        var states = await RemovalMatrixTests.StatesAsync(host);
        states.Count.ShouldBe(cases.Count);
        states
            .Where(state => !people[state.Key].Effects.Contains(state.Value))
            .Select(state => $"{people[state.Key]}: {state.Value}")
            .ShouldBeEmpty();
        (await host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
        output.WriteLine($"{cases.Count} forms");
    }

    /// <summary>Generated: each needed field, written twice in each way, in each event; and each optional one in an add.</summary>
    [Fact]
    public async Task A_form_with_a_needed_field_twice_and_an_add_with_any_field_that_is_not_readable_are_refused()
    {
        await using var host = await TestHost.StartAsync(RemovalMatrixTests.Unbound);
        var before = await host.ScalarAsync<long>("select count(*) from mt_events");
        string[] needed = ["event", "person.customer_id", "person.email", "person.phone", "person.id", "person", "occurred_at"];
        var cases = Events
            .SelectMany(name => (name == "audience_remove" ? needed.Append("audience_key") : needed).Select(field => (name, field)))
            .SelectMany(one => Twice.Select((junk, n) => new RemovalCase(n, one.name, one.field, junk)))
            .Concat(
                new[] { "note", "context.step", "person.city", "consent" }.SelectMany(field =>
                    Twice.Concat(["@=%", "@=%ff"]).Select((junk, n) => new RemovalCase(n, "audience_add", field, junk))
                )
            )
            .ToList();
        foreach (var chunk in cases.Chunk(Connections))
        {
            var answers = await Task.WhenAll(chunk.Select(one => host.SendAsync(Request(Form(one)))));
            foreach (var (one, answer) in chunk.Zip(answers))
            {
                (answer.Status, answer.Code).ShouldBe((422, "malformed_form"), one.ToString());
            }
        }

        (await host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(before);
    }

    // Like a sender: a slow machine may need more than 3 s for a commit.
    private static async Task<Answer> SendAsync(TestHost host, RemovalCase one)
    {
        var answer = await host.SendAsync(Request(Form(one)));
        for (var tries = 1; answer.Status == 503 && tries < 20; tries++)
        {
            answer = await host.SendAsync(Request(Form(one)));
        }

        return answer;
    }

    private static List<RemovalCase> Cases()
    {
        var cases = new List<RemovalCase>();
        foreach (var name in Events)
        {
            foreach (var field in RemovalMatrix.Optional(name, isFlat: false).Distinct())
            {
                var isId = field is "person.customer_id" or "person.id";
                var values = (isId ? Unreadable : Junk).Concat(NeededOnce.Contains(field.Split('.')[^1]) ? [] : Twice);
                cases.AddRange(values.Select(value => new RemovalCase(0, name, field, value)));
            }
        }

        return [.. cases.Select((one, number) => one with { Number = number })];
    }

    private static bool IsRight(RemovalCase one, Answer answer)
    {
        if (answer.Status != 200 || answer.Json.GetProperty("status").GetString() != "accepted")
        {
            return false;
        }

        // Readable junk has the warnings of its field; here the form itself has one.
        var isBroken =
            Twice.Contains(one.Value) || (Unreadable.Contains(one.Value) && one.Value is not ("@=%00" or "@=a%00b" or "@[a][b]=1"));
        return !isBroken || Sample.Warnings(answer.Json).Contains("malformed_form *");
    }

    // Names with brackets and with dots in turn.
    private static string Form(RemovalCase one)
    {
        var pairs = new List<string>();
        Put(RemovalMatrix.Removal(one with { Form = one.Form.Replace("audience_add", "audience_remove", StringComparison.Ordinal) }), []);
        return string.Join('&', one.Number % 3 == 0 ? pairs.AsEnumerable().Reverse() : pairs);

        void Put(JsonObject fields, string[] path)
        {
            foreach (var (name, value) in fields)
            {
                string[] steps = [.. path, name];
                var field =
                    one.Number % 2 == 0 ? string.Join('.', steps) : steps[0] + string.Concat(steps.Skip(1).Select(step => $"[{step}]"));
                if (value is JsonObject nested)
                {
                    Put(nested, steps);
                }
                else if (value!.ToString() == Ingest.Junk.Mark)
                {
                    pairs.Add(one.Value.Replace("@", field, StringComparison.Ordinal));
                }
                else
                {
                    var text = value.ToString();
                    text = name == "event" ? one.Form.Split(' ')[0] : text;
                    pairs.Add($"{field}={Uri.EscapeDataString(text)}");
                }
            }
        }
    }

    private static HttpRequestMessage Request(string form)
    {
        var request = Webhook.Signed(Encoding.Latin1.GetBytes(form));
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        return request;
    }
}
