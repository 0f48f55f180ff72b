using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Sections;
using AudienceSync.Connectors.Webhook;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Webhook;

/// <summary>Templates of a webhook destination: what is sent, what may be configured, and what can be shown.</summary>
public sealed class TemplateTests
{
    private const string Key = "0123456789abcdef";
    private const string Body =
        """{"list":"{{audience}}","n":"{{members.count}}","op":"{{operation}} by {{account}}","people":"{{members}}","v":2}""";
    private const string Member = """{"m":"{{person.email_sha256}}","id":"{{person.customer_id}}","kind":"customer"}""";

    private static readonly PersonIdentifiers Jane = new("a\"b\\c{{members}}</é", "jane@example.com", null, "US");
    private static readonly PersonIdentifiers Joe = new(null, "joe@example.com", null, "US");
    private static readonly PersonIdentifiers Phone = new(null, null, "+1 (657) 777-0000", "US");

    [Fact]
    public async Task A_batch_has_the_format_of_its_template()
    {
        var network = ScriptedNetwork.Answering(200, "");
        var result = await SendAsync(Make(network, Templates()), MemberOperation.Add, Jane, Phone, Joe);
        result.Invalid.ShouldHaveSingleItem().Index.ShouldBe(1, "this receiver takes no phone");

        var sent = network.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Url.AbsoluteUri).ShouldBe(("PUT", "https://crm.example/v2/lists/vip%3A1/crm?via=crm"));
        (sent.Headers["Authorization"], sent.Headers["X-Version"]).ShouldBe(("Bearer s3cr3t-token", "7"));
        sent.Headers.ContainsKey("X-AudienceSync-Signature").ShouldBeFalse();
        var root = JsonDocument.Parse(sent.Body).RootElement;
        root.GetProperty("list").GetString().ShouldBe("vip:1");
        root.GetProperty("n").GetInt32().ShouldBe(3);
        root.GetProperty("op").GetString().ShouldBe("add by crm");
        var people = root.GetProperty("people").EnumerateArray().ToList();
        people[0].GetProperty("id").GetString().ShouldBe(Jane.CustomerId);
        people[0].GetProperty("kind").GetString().ShouldBe("customer");
        people[1].ToString().ShouldBe($$"""{"m":"{{Hash("joe@example.com")}}","kind":"customer"}""");
        people.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Calls_are_signed_when_there_is_a_key_and_templates_do_not_change_the_outcome_table()
    {
        var network = ScriptedNetwork.Answering(207, """{"rejected":[{"row":1,"reason":"x"}],"rejected_count":1}""");
        var result = await SendAsync(Make(network, Templates(), ("app_secret", new Secret(Key))), MemberOperation.Remove, Jane, Phone, Joe);
        result.Outcome.ShouldBe(new Outcome(OutcomeKind.PartlyDone, "webhook_rejected"));
        result.Rejected.ShouldHaveSingleItem().ShouldBe(new RefusedMember(2, "webhook_x"));
        var sent = network.Sent.ShouldHaveSingleItem();
        var time = sent.Headers["X-AudienceSync-Timestamp"];
        sent.Method.ShouldBe("DELETE");
        sent.Headers["X-AudienceSync-Signature"]
            .ShouldBe(
                "v1="
                    + Convert.ToHexStringLower(
                        HMACSHA256.HashData(Encoding.ASCII.GetBytes(Key), Encoding.UTF8.GetBytes($"v1:{time}:{sent.Body}"))
                    )
            );
    }

    [Theory]
    [InlineData("rows", 200, "OK", "Retry")]
    [InlineData("status", 200, "OK", "Done")]
    [InlineData("status", 204, "", "Done")]
    [InlineData("status", 422, "[]", "Retry")]
    [InlineData("status", 403, "no", "StopAccount")]
    public async Task A_receiver_whose_answers_have_another_form_is_read_by_its_status(string answer, int status, string body, string kind)
    {
        var templates = Templates().With("answer", answer);
        var result = await SendAsync(Make(ScriptedNetwork.Answering(status, body), templates), MemberOperation.Add, Joe);
        result.Outcome.Kind.ShouldBe(Enum.Parse<OutcomeKind>(kind));
    }

    [Fact]
    public async Task A_body_about_one_member_makes_one_call_for_each_and_leaves_out_what_the_member_lacks()
    {
        var single = Templates()
            .With(
                "add",
                Call(
                    "POST",
                    "/people",
                    """{"hash":{"sha256":"{{person.phone_sha256}}"},"who":["{{person.customer_id}}"],"list":"{{audience}}"}"""
                )
            );
        var network = ScriptedNetwork.Answering(200, "");
        var destination = Make(network, single);
        destination.Limits.MembersPerCall.ShouldBe(1);
        await SendAsync(destination, MemberOperation.Add, Phone);
        network.Sent[0].Body.ShouldBe($$"""{"hash":{"sha256":"{{Hash("+16577770000")}}"},"list":"vip:1"}""");

        Parse(single, ("members_per_call", 2)).ShouldBe("invalid_members_per_call members_per_call");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public async Task A_name_that_would_change_the_address_is_never_sent(string audience)
    {
        var network = ScriptedNetwork.Answering(200, "");
        var destination = Make(network, Templates());
        var result = await destination.SendAsync(
            new MemberCall(new RemoteAudienceId(audience), MemberOperation.Add, [new Member(Joe, destination.Normalizer)]),
            CancellationToken.None
        );
        result.Outcome.ShouldBe(new Outcome(OutcomeKind.StopAudience, "invalid_audience_id"));
        network.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task Any_text_of_a_person_stays_one_text_of_the_body()
    {
        var random = new Random(17);
        for (var n = 0; n < 500; n++)
        {
            var id = string.Concat(Enumerable.Range(0, 1 + random.Next(60)).Select(_ => Pieces[random.Next(Pieces.Length)])).Trim();
            if (id.Length is 0 or > 200)
            {
                continue;
            }

            var network = ScriptedNetwork.Answering(200, "");
            await SendAsync(Make(network, Templates()), MemberOperation.Add, Joe, new PersonIdentifiers(id, null, null, "US"));
            var people = JsonDocument.Parse(network.Sent[0].Body).RootElement.GetProperty("people");
            people.GetArrayLength().ShouldBe(2, $"seed 17, number {n}");
            people[1].GetProperty("id").GetString().ShouldBe(id, $"seed 17, number {n}");
        }
    }

    [Theory]
    [InlineData("add", "method", "TRACE", "invalid_template_method templates.add.method")]
    [InlineData("add", "method", "GET", "invalid_template_method templates.add.method")]
    [InlineData("add", "path", "lists", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/a/../b", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/a//b", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/a%2e", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/a\r\nHost: b", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/a#b", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/{{audience", "invalid_template_path templates.add.path")]
    [InlineData("add", "path", "/{{person.customer_id}}", "unknown_template_placeholder templates.add.path")]
    [InlineData("add", "body", """{"a":{{members}}}""", "invalid_template_json templates.add.body")]
    [InlineData("add", "body", """{"a":"{{members}}","a":1}""", "invalid_template_json templates.add.body")]
    [InlineData("add", "body", """{"a":"x{{members}}"}""", "invalid_template_json templates.add.body")]
    [InlineData("add", "body", """{"{{audience}}":"{{members}}"}""", "invalid_template_json templates.add.body")]
    [InlineData("add", "body", """{"a":"{{members}}","b":"{{person.email_sha256}}"}""", "unknown_template_placeholder templates.add.body")]
    [InlineData("add", "body", """{"a":"{{members}}","b":"{{secret}}"}""", "unknown_template_placeholder templates.add.body")]
    [InlineData("add", "body", """{"a":1}""", "invalid_template_body templates.add.body")]
    [InlineData("add", "member", """{"a":"{{person.email}}"}""", "unknown_template_placeholder templates.add.member")]
    [InlineData("add", "member", """{"a":"b"}""", "invalid_template_body templates.add.body")]
    [InlineData("add", "url", "x", "invalid_templates templates.add")]
    [InlineData("remove", null, null, "missing_template templates.remove")]
    [InlineData("check", "body", "{}", "invalid_template_body templates.check.body")]
    public void Each_fault_of_a_template_has_its_code_and_field(string operation, string? field, string? value, string expected)
    {
        var templates = Templates();
        templates = field is null
            ? templates.With(operation, null)
            : templates.With(
                operation,
                (templates.Parts!.GetValueOrDefault(operation) ?? Parts(("path", SettingValue.Of("/x")))).With(field, value)
            );
        Parse(templates).ShouldBe(expected);
    }

    [Theory]
    [InlineData("X-A", "one\r\nX-Admin: 1")]
    [InlineData("X-A", "")]
    [InlineData("X-A", "grün")]
    [InlineData("X A", "1")]
    [InlineData("X-A: 1\r\nX-B", "1")]
    [InlineData("content-length", "1")]
    [InlineData("Host", "other.example")]
    [InlineData("X-AudienceSync-Signature", "v1=0")]
    public void A_header_can_add_no_other_header(string name, string value) =>
        Parse(Templates().With("headers", Parts((name, SettingValue.Of(value))))).ShouldBe("invalid_template_header templates.headers[0]");

    [Fact]
    public void An_error_repeats_no_value()
    {
        var templates = Templates().With("headers", Parts(("X-A", SettingValue.Of(new SecretDocument("top secret\n2")))));
        var error = WebhookSettings.Parse(Entry(templates)).Errors.ShouldHaveSingleItem();
        error.Text.ShouldNotContain("top secret");
    }

    [Fact]
    public void The_rate_is_a_budget_of_the_account()
    {
        var destination = Make(ScriptedNetwork.Answering(200, ""), Templates(), ("calls_per_minute", 30));
        destination.Limits.Allowances.ShouldBe([new CallAllowance("minute", 30, TimeSpan.FromMinutes(1))]);
        Parse(Templates(), ("calls_per_minute", 0)).ShouldBe("invalid_calls_per_minute calls_per_minute");
    }

    [Fact]
    public void A_preview_shows_the_call_without_secrets_and_sends_nothing()
    {
        var network = ScriptedNetwork.Answering(200, "");
        var previews = (IPreviewsCalls)Make(network, Templates(), ("app_secret", new Secret(Key)));
        var add = previews.Preview(MemberOperation.Add, new RemoteAudienceId("vip")).ShouldNotBeNull();
        (add.Method, add.Url).ShouldBe(("PUT", "https://crm.example/v2/lists/vip/crm?via=crm"));
        add.Headers.Select(header => $"{header.Key}: {header.Value}")
            .ShouldBe([
                "Content-Type: application/json",
                "Authorization: ***",
                "X-Version: 7",
                "X-AudienceSync-Timestamp: 1697328000",
                "X-AudienceSync-Signature: ***",
            ]);
        JsonDocument.Parse(add.Body).RootElement.GetProperty("people")[0].GetProperty("m").GetString().ShouldBe(Hash("ann@example.com"));
        previews.Preview(operation: null, new RemoteAudienceId("vip")).ShouldBeNull("there is no template for a check");
        network.Sent.ShouldBeEmpty();

        var plain = (IPreviewsCalls)
            Destinations
                .Create(
                    "webhook",
                    Section.Of("crm", ("base_url", "https://crm.example/in"), ("app_secret", new Secret(Key))),
                    new DestinationDependencies(network, new ManualTime(), new Random(1))
                )
                .Destination!;
        plain
            .Preview(null, new RemoteAudienceId("vip"))!
            .Body.ShouldBe("""{"version":1,"account":"crm","audience":"vip","operation":"check","members":[]}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_record_of_a_call_has_no_member(bool single)
    {
        var templates = single
            ? Templates()
                .With("add", Call("POST", "/p", """{"hash":"{{person.email_sha256}}","id":"{{person.customer_id}}","kind":"customer"}"""))
            : Templates();
        var network = ScriptedNetwork.Answering(200, """{"note":"cust-77 is kept as customer"}""");
        using var recorder = ExchangeRecorder.Start();
        await SendAsync(Make(network, templates), MemberOperation.Add, new PersonIdentifiers("cust-77", "joe@example.com", null, "US"));

        var text = recorder.Last.ShouldNotBeNull().Body + recorder.Last.Response;
        text.ShouldNotContain("cust-77");
        text.ShouldNotContain(Hash("joe@example.com"));
        text.ShouldContain(Hash("joe@example.com")[..6]);
        text.ShouldContain("is kept as customer");
    }

    private static readonly string[] Pieces = ["\"", "\\", "{{", "}}", "{", "}", "[", ",", ":", "a", "é", "😀", "</", "members", " ", "'"];

    private static SettingValue Templates() =>
        Parts(
            (
                "headers",
                Parts(("Authorization", SettingValue.Of(new SecretDocument("Bearer s3cr3t-token\n"))), ("X-Version", SettingValue.Of("7")))
            ),
            ("add", Call("PUT", "/lists/{{audience}}/{{ account }}?via={{account}}", Body, Member)),
            ("remove", Call("DELETE", "/lists/{{audience}}", Body, Member))
        );

    private static SettingValue Call(string method, string path, string body, string? member = null)
    {
        var call = Parts(("method", SettingValue.Of(method)), ("path", SettingValue.Of(path)), ("body", SettingValue.Of(body)));
        return member is null ? call : call.With("member", member);
    }

    private static SettingValue Parts(params (string Name, SettingValue Value)[] parts) =>
        SettingValue.Of(parts.ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal));

    private static DestinationSection Entry(SettingValue templates, params (string Name, object? Value)[] more) =>
        Section.Of("crm", [("base_url", "https://crm.example/v2"), ("templates", templates), .. more]);

    // Code and field of the first error.
    private static string Parse(SettingValue templates, params (string Name, object? Value)[] more)
    {
        var error = WebhookSettings.Parse(Entry(templates, more)).Errors[0];
        return string.Create(CultureInfo.InvariantCulture, $"{error.Code} {error.Field}");
    }

    private static IDestination Make(ScriptedNetwork network, SettingValue templates, params (string Name, object? Value)[] more) =>
        Destinations
            .Create("webhook", Entry(templates, more), new DestinationDependencies(network, new ManualTime(), new Random(1)))
            .Destination!;

    private static async Task<CallResult> SendAsync(
        IDestination destination,
        MemberOperation operation,
        params PersonIdentifiers[] people
    ) =>
        await destination.SendAsync(
            new MemberCall(
                new RemoteAudienceId("vip:1"),
                operation,
                [.. people.Select(person => new Member(person, destination.Normalizer))]
            ),
            CancellationToken.None
        );

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

file static class SettingValues
{
    /// <summary>The parts with one replaced, added, or removed by null.</summary>
    public static SettingValue With(this SettingValue parts, string name, object? value)
    {
        var changed = parts
            .Parts!.Where(part => part.Key != name)
            .ToDictionary(part => part.Key, part => part.Value, StringComparer.Ordinal);
        if (value is not null)
        {
            changed.Add(name, value as SettingValue ?? SettingValue.Of((string)value));
        }

        return SettingValue.Of(changed);
    }
}
