using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>A form means the same as its fields in JSON; the form itself is signed and kept.</summary>
public sealed class FormTests(IngestHost given, ITestOutputHelper output) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData("email=a", """{"email":"a"}""")]
    [InlineData("email=a%40example.com&phone=%2B1+202", """{"email":"a@example.com","phone":"+1 202"}""")]
    [InlineData("person[email]=a&person[phone]=1", """{"person":{"email":"a","phone":"1"}}""")]
    [InlineData("person%5Bemail%5D=a", """{"person":{"email":"a"}}""")]
    [InlineData("person.email=a&person[phone]=1", """{"person":{"email":"a","phone":"1"}}""")]
    [InlineData("consent.ad_user_data=granted&context[step]=2", """{"consent":{"ad_user_data":"granted"},"context":{"step":"2"}}""")]
    [InlineData("a[b].c=1&a.b[d]=2", """{"a":{"b":{"c":"1","d":"2"}}}""")]
    [InlineData("tags[]=a&tags[]=b&x[y][]=c", """{"tags":["a","b"],"x":{"y":["c"]}}""")]
    [InlineData("a=1&&b=2&", """{"a":"1","b":"2"}""")]
    [InlineData("=x&a=1&=y", """{"a":"1"}""")]
    [InlineData("a=1=2&flag", """{"a":"1=2","flag":""}""")]
    [InlineData("a=1\r\n", """{"a":"1"}""")]
    [InlineData("a[b=1&.c=2&d..e=3&[f]=4&g[h]i=5&j.=6", """{"a[b":"1",".c":"2","d..e":"3","[f]":"4","g[h]i":"5","j.":"6"}""")]
    [InlineData("items[][id]=1&items[][id]=2", """{"items[][id]":["1","2"]}""")]
    [InlineData("a=%00", """{"a":"\u0000"}""")]
    [InlineData("a=%5Cu0000", """{"a":"\\u0000"}""")]
    [InlineData("n%C3%A4me=%F0%9F%8E%81", """{"n\u00e4me":"\ud83c\udf81"}""")]
    public void A_form_is_read_as_the_json_of_the_same_fields(string form, string json)
    {
        FormFields.TryRead(Encoding.UTF8.GetBytes(form), out var read, out var defect).ShouldBeTrue();
        defect.ShouldBeNull();
        JsonNode.DeepEquals(JsonNode.Parse(read.Span), JsonNode.Parse(json)).ShouldBeTrue(Encoding.UTF8.GetString(read.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("&&")]
    [InlineData("=1&=2")]
    [InlineData("%zz=1")]
    [InlineData("%ff=1&%=2")]
    public void A_form_without_a_readable_field_is_refused(string form) =>
        FormFields.TryRead(Encoding.UTF8.GetBytes(form), out _, out _).ShouldBeFalse();

    /// <summary>The others are read; anything but a removal is refused (<see cref="RefusalCases"/>).</summary>
    [Theory]
    [InlineData("a=%&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=%4&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=%4g&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=100%&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=%+4&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("%zz=1&b=1", """{"b":"1"}""")]
    [InlineData("%ff=1&b=1", """{"b":"1"}""")]
    [InlineData("a=%ff&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=%ed%a0%80&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a[]=%ff&a[]=1", """{"a":[!,"1"]}""")]
    [InlineData("a=1&a=1&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=1&a=2&a=3&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=1&%61=2&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a=1&a[b]=2&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a[b]=2&a=1&a[c]=3&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a[]=2&a=1&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a[]=2&a[b]=1&b=1", """{"a":!,"b":"1"}""")]
    [InlineData("a[b]=2&a.b=1&a.c=3", """{"a":{"b":!,"c":"3"}}""")]
    [InlineData("a=%ff&a=1&b=1", """{"a":!,"b":"1"}""")]
    public void A_field_that_is_ambiguous_or_invalid_is_left_out_alone(string form, string json)
    {
        FormFields.TryRead(Encoding.UTF8.GetBytes(form), out var read, out var defect).ShouldBeTrue();
        defect.ShouldNotBeNull().Problem.Code.ShouldBe("malformed_form");
        Encoding
            .UTF8.GetString(read.Span)
            .ShouldBe(json.Replace("!", Encoding.UTF8.GetString(BodyDefect.Unreadable), StringComparison.Ordinal));
    }

    [Fact]
    public void A_form_has_at_most_the_maximum_number_of_fields()
    {
        FormFields
            .TryRead(
                Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, FormFields.MaxFields).Select(n => $"f{n}=1"))),
                out _,
                out _
            )
            .ShouldBeTrue();
        FormFields
            .TryRead(
                Encoding.UTF8.GetBytes(string.Join('&', Enumerable.Range(0, FormFields.MaxFields + 1).Select(n => $"f{n}=1"))),
                out _,
                out _
            )
            .ShouldBeFalse();
    }

    /// <summary>Any fields in any of the possible encodings are read as intended.</summary>
    [Fact]
    public void Fields_in_any_encoding_are_read_as_intended()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 500; round++)
        {
            var intended = new JsonObject();
            var pairs = new List<string>();
            for (var field = random.Next(1, 6); field > 0; field--)
            {
                var (outer, inner, value) = (
                    $"f{field}{Text(random, letters: true)}",
                    Text(random, letters: true),
                    Text(random, letters: false)
                );
                var nested = random.Next(3);
                intended[outer] = nested == 0 ? value : new JsonObject { [inner] = value };
                var name = nested switch
                {
                    0 => outer,
                    1 => $"{outer}[{inner}]",
                    _ => $"{outer}.{inner}",
                };
                pairs.Add($"{Encode(random, name)}={Encode(random, value)}");
            }

            var form = string.Join('&', pairs);
            FormFields.TryRead(Encoding.UTF8.GetBytes(form), out var read, out var defect).ShouldBeTrue(form);
            defect.ShouldBeNull(form);
            JsonNode.DeepEquals(JsonNode.Parse(read.Span), intended).ShouldBeTrue(form);
        }
    }

    /// <summary>Any bytes are either refused, or become JSON that the event reader accepts.</summary>
    [Fact]
    public void Any_bytes_are_refused_or_become_json()
    {
        var random = Seeded.Random(output);
        var alphabet = "ab=&[].%+0f\r\n{\u00e4\0"u8.ToArray();
        var accepted = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var form = new byte[random.Next(24)];
            for (var n = 0; n < form.Length; n++)
            {
                form[n] = random.Next(30) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            }

            if (FormFields.TryRead(form, out var json, out _))
            {
                accepted++;
                using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
                document.RootElement.ValueKind.ShouldBe(JsonValueKind.Object, Convert.ToHexString(form));
            }
        }

        accepted.ShouldBeGreaterThan(1_000);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8")]
    [InlineData("x-www-form-urlencoded")]
    public async Task A_form_is_the_same_event_as_its_json(string type)
    {
        var id = Sample.NewId() + " in a form";
        var form =
            $"event=audience_add&event_id={Uri.EscapeDataString(id)}&audience_key={Sample.Key}&occurred_at=2026-11-21T09:20:11.123Z"
            + "&person[email]=form%2Bperson%40example.com&person.phone=%2B12025550147&context[step]=3&consent[ad_user_data]=granted";
        var answer = await given.Host.SendAsync(Form(form, type));
        answer.Status.ShouldBe(200, answer.Text);
        var stored = JsonNode.Parse(await given.Host.StoredAsync(answer))!;
        stored["context"]!["step"]!.GetValue<string>().ShouldBe("3");
        stored["occurredAt"]!.GetValue<DateTimeOffset>().ShouldBe(new DateTimeOffset(2026, 11, 21, 9, 20, 11, 123, TimeSpan.Zero));

        var sample = Sample.Of(new JsonObject { ["email"] = "form+person@example.com", ["phone"] = "+12025550147" });
        sample["event_id"] = id;
        (await given.Host.PostAsync(sample)).Text.ShouldBe(answer.Text);
    }

    [Fact]
    public async Task A_removal_in_a_form_of_flat_fields_removes()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions());
        (
            await host.SendAsync(
                Form($"event=audience_add&event_id=1&audience_key={Sample.Key}&occurred_at=1763700000&email=ann%40example.com")
            )
        ).Status.ShouldBe(200);
        (
            await host.SendAsync(
                Form(
                    $"event=audience_remove&event_id=2&audience_key={Sample.Key}&occurred_at=1763700001"
                        + "&email=ann%40example.com&note[]=a&note[]=b"
                )
            )
        ).Status.ShouldBe(200);
        await host.WaitUntilQuietAsync();
        (await host.ScalarAsync<short>("select state from membership")).ShouldBe((short)2);
    }

    [Fact]
    public async Task A_byte_order_mark_before_a_form_is_ignored_and_the_signature_covers_it()
    {
        var form =
            $"event=audience_remove&event_id={Uri.EscapeDataString(Sample.NewId())}&audience_key={Sample.Key}&email=ann%40example.com";
        var plain = await given.Host.SendAsync(Form(form));
        plain.Status.ShouldBe(200, plain.Text);
        (await given.Host.SendAsync(Form("\ufeff" + form))).Text.ShouldBe(plain.Text);
        (await given.Host.SendAsync(Form("\ufeff" + "&" + form + "\r\n"))).Text.ShouldBe(plain.Text);
    }

    [Fact]
    public async Task A_quarantined_form_is_kept_as_it_was_sent_and_released_once()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions());
        var form = "event=audience_add&event_id=waits&audience_key=later_v1&occurred_at=1763700000&email=ann%40example.com";
        var held = await host.SendAsync(Form(form));
        held.Code.ShouldBe("unknown_audience_key");
        (await host.GetAsync($"/v1/quarantine/{held.ReceiptId()}?body=true")).GetProperty("body").GetString().ShouldBe(form);
        await host.ApplyChangeAsync("keys/later_v1/publish", new { });
        (await host.PostAsOperatorAsync($"quarantine/{held.ReceiptId()}/release", new { }))
            .Json.GetProperty("status")
            .GetString()
            .ShouldBe("released");
        (await host.SendAsync(Form(form))).Status.ShouldBe(200);
        (await host.ScalarAsync<long>("select count(*) from mt_events where type = 'audience_member_added'")).ShouldBe(1);
    }

    private static HttpRequestMessage Form(string form, string type = "application/x-www-form-urlencoded")
    {
        var request = Webhook.Signed(form);
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        request.Content.Headers.ContentType.ShouldNotBe(new MediaTypeHeaderValue("application/json"));
        return request;
    }

    private static string Text(Random random, bool letters)
    {
        const string Any = "az09 +&=%[].{}\"\\/\u00e4\u4e2d\u0000~;#?@'<>";
        var text = new StringBuilder();
        for (var n = random.Next(1, 8); n > 0; n--)
        {
            text.Append(letters ? (char)('a' + random.Next(26)) : Any[random.Next(Any.Length)]);
        }

        return text + (letters || random.Next(4) > 0 ? "" : "\U0001F381");
    }

    // Every byte may be escaped, in upper or lower case; a few must be.
    private static string Encode(Random random, string text)
    {
        var encoded = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            var plain = (char)one;
            encoded.Append(
                plain switch
                {
                    ' ' when random.Next(2) == 0 => "+",
                    (>= 'a' and <= 'z') or (>= '0' and <= '9') or '[' or ']' or '.' or '"' or '{' when random.Next(4) > 0 =>
                        plain.ToString(),
                    _ => "%" + one.ToString(random.Next(2) == 0 ? "X2" : "x2", CultureInfo.InvariantCulture),
                }
            );
        }

        return encoded.ToString();
    }
}
