using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>The forms an event may have, and the handling of those that this version does not support.</summary>
public sealed class EventFormTests(IngestHost given) : IClassFixture<IngestHost>
{
    [Theory]
    [InlineData("audience_add", "audience_member_added")]
    [InlineData("audience_remove", "audience_member_removed")]
    [InlineData("exposure", "audience_exposure_recorded")]
    [InlineData("cio.audience_add", "audience_member_added")]
    [InlineData(" cio.exposure ", "audience_exposure_recorded")]
    public async Task Every_event_has_its_type_in_the_log(string name, string type)
    {
        var answer = await given.Host.PostAsync(Sample.With("event", name));
        answer.Status.ShouldBe(200);
        (await given.Host.ScalarAsync<string>($"select type from mt_events where id = '{answer.ReceiptId()}'")).ShouldBe(type);
    }

    [Theory]
    [InlineData("event", "\"audience_pause\"", "unknown_event")]
    [InlineData("event", "\"Audience_Add\"", "unknown_event")]
    [InlineData("schema_version", "3", "newer_schema_version")]
    [InlineData("schema_version", "\"7\"", "newer_schema_version")]
    [InlineData("audience_key", "\"nobody_published_v1\"", "unknown_audience_key")]
    public async Task An_event_that_a_newer_version_may_support_is_quarantined(string field, string value, string code)
    {
        var answer = await given.Host.PostAsync(Sample.With(field, JsonNode.Parse(value)));
        answer.Status.ShouldBe(202);
        answer.Code.ShouldBe(code);
        answer.Json.EnumerateObject().Select(property => property.Name).ShouldBe(["status", "receipt_id", "code", "detail"]);
        (await given.Host.ScalarAsync<bool>($"select refused from quarantine where id = '{answer.ReceiptId()}'")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("\"1\"")]
    public async Task The_schema_version_defaults_to_one(string version) =>
        (await given.Host.PostAsync(Sample.With("schema_version", JsonNode.Parse(version)))).Status.ShouldBe(200);

    [Theory]
    [InlineData("""{"id":"p-1"}""", """{"customer_id":"p-1"}""")]
    [InlineData("""{"customer_id":"p-2","id":"not asked"}""", """{"customer_id":"p-2"}""")]
    [InlineData("""{"customer_id":4711}""", """{"customer_id":"4711"}""")]
    [InlineData("""{"email":" Ann.Flat@Example.COM "}""", """{"email":"ann.flat@example.com"}""")]
    [InlineData("""{"phone":"+1 (555) 987-6543"}""", """{"phone":"15559876543","country":"US"}""")]
    [InlineData("""{"customer_id":"","email":"","phone":"(212) 555-0188"}""", """{"phone":"+12125550188"}""")]
    public async Task A_person_is_found_by_the_identifiers_that_were_sent(string person, string lookup)
    {
        var answer = await given.Host.PostAsync(Sample.Of(JsonNode.Parse(person)!.AsObject()));
        (await PersonAsync(lookup)).ShouldBe(await StreamAsync(answer));
    }

    [Fact]
    public async Task The_fields_of_a_person_may_be_flat()
    {
        var flat = Sample.Without("person");
        flat["customer_id"] = "flat";
        flat["email"] = "flat@example.com";
        var answer = await given.Host.PostAsync(flat);
        var nested = await given.Host.PostAsync(Sample.Of(new JsonObject { ["customer_id"] = "flat" }));
        (await StreamAsync(nested)).ShouldBe(await StreamAsync(answer));
        (await PersonAsync("""{"email":"FLAT@example.com"}""")).ShouldBe(await StreamAsync(answer));
        (await PersonAsync("""{"customer_id":"flat"}""")).ShouldBe(await StreamAsync(answer));
    }

    [Fact]
    public async Task In_the_flat_form_the_field_id_names_no_person()
    {
        var flat = Sample.Without("person");
        flat["id"] = "of what?";
        (await given.Host.PostAsync(flat)).Code.ShouldBe("missing_person");
    }

    [Theory]
    [InlineData("""{"customer_id":"","email":"  ","phone":null}""")]
    [InlineData("""{"email":"no address"}""")]
    [InlineData("""{"phone":"12"}""")]
    [InlineData("{}")]
    public async Task Empty_and_unusable_identifiers_name_no_person(string person) =>
        (await given.Host.PostAsync(Sample.Of(JsonNode.Parse(person)!.AsObject()))).Code.ShouldBe("missing_person");

    [Fact]
    public async Task An_unusable_address_is_ignored_when_another_is_usable() =>
        (await given.Host.PostAsync(Sample.Of(new JsonObject { ["email"] = "no address", ["phone"] = "+4930901820" }))).Status.ShouldBe(
            200
        );

    [Fact]
    public async Task Consent_is_kept_with_the_event()
    {
        var answer = await given.Host.PostAsync(
            Sample.With("consent", new JsonObject { ["ad_user_data"] = "Granted", ["ad_personalization"] = false })
        );
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["consent"]!
            .ToJsonString()
            .ShouldBe("""{"adUserData":"granted","adPersonalization":"denied"}""", "jsonb sorts by length");
    }

    [Fact]
    public async Task Only_listed_context_fields_are_kept()
    {
        var answer = await given.Host.PostAsync(
            Sample.With(
                "context",
                new JsonObject
                {
                    ["journey"] = "cart",
                    ["note"] = "secret",
                    ["step"] = "",
                }
            )
        );
        JsonNode.Parse(await given.Host.StoredAsync(answer))!["context"]!.ToJsonString().ShouldBe("""{"journey":"cart"}""");
    }

    [Fact]
    public async Task An_unknown_field_is_ignored() => (await given.Host.PostAsync(Sample.With("color", "red"))).Status.ShouldBe(200);

    private async Task<Guid> PersonAsync(string lookup)
    {
        using var content = new StringContent(lookup, System.Text.Encoding.UTF8, "application/json");
        using var response = await given.Host.Operator.PostAsync("/v1/members/lookup", content);
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json.GetProperty("person").GetGuid();
    }

    private async Task<Guid> StreamAsync(Answer answer)
    {
        answer.Status.ShouldBe(200, answer.Text);
        return await given.Host.ScalarAsync<Guid>($"select stream_id from mt_events where id = '{answer.ReceiptId()}'");
    }
}
