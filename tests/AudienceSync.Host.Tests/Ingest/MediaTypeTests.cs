using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Whatever a sender declares beside the media type does not matter, and another media type does.</summary>
public sealed class MediaTypeTests(IngestHost given, ITestOutputHelper output) : IClassFixture<IngestHost>
{
    private const int Siblings = 2_000;

    private static readonly string[] Json =
    [
        "application/json",
        "text/json",
        "text/plain",
        "application/problem+json",
        "application/vnd.api+json",
        "application/cloudevents+json",
    ];

    private static readonly string[] Forms = ["application/x-www-form-urlencoded", "x-www-form-urlencoded"];

    private static readonly string[] Others =
    [
        "application/jsonp",
        "application/xml",
        "application/octet-stream",
        "text/html",
        "text/csv",
        "multipart/form-data",
        "image/svg+json2",
        "text/problem+json",
        "json",
        "application",
        "application/json/x",
        "application/x-www-form-urlencode",
        "application/x-www-form-urlencodedx",
        "www-form-urlencoded",
        "*/*",
    ];

    private static readonly string[] Parameters =
    [
        "charset=utf8",
        "charset=utf-8",
        "charset=\"UTF-8\"",
        "Charset=ISO-8859-1",
        "charset=",
        "charset",
        "boundary=----x",
        "q=0.5",
        "version=\"1; 2\"",
        "odata.metadata=none",
        "=",
        "",
    ];

    [Fact]
    public void Case_parameters_and_white_space_around_a_media_type_do_not_matter()
    {
        var random = Seeded.Random(output);
        for (var n = 0; n < Siblings; n++)
        {
            var isForm = random.Next(3) == 0;
            var type = Sibling(random, isForm ? Forms : Json);
            MediaType.Refusal(type, default, out var readAsForm).ShouldBeNull(type);
            readAsForm.ShouldBe(isForm, type);
            var other = Sibling(random, Others);
            MediaType.Refusal(other, default, out _).ShouldBe(IngestProblem.UnsupportedType, other);
        }
    }

    [Fact]
    public async Task A_sibling_of_a_media_type_is_the_same_event_by_http()
    {
        var random = Seeded.Random(output);
        var json = Sample.Event().ToJsonString();
        var form = $"event=audience_remove&event_id={Sample.NewId()}&audience_key={Sample.Key}&email=ann%40example.com";
        var (ofJson, ofForm) = (await SendAsync(json, Json[0]), await SendAsync(form, Forms[0]));
        (ofJson.Status, ofForm.Status).ShouldBe((200, 200), ofForm.Text);
        for (var n = 0; n < 60; n++)
        {
            var (type, formType) = (Sibling(random, Json), Sibling(random, Forms));
            (await SendAsync(json, type)).Text.ShouldBe(ofJson.Text, type);
            (await SendAsync(form, formType)).Text.ShouldBe(ofForm.Text, formType);
            (await SendAsync(json, formType)).Text.ShouldBe(ofJson.Text, "many clients label every body as a form");
        }
    }

    private static string Sibling(Random random, string[] types)
    {
        var type = string.Concat(types[random.Next(types.Length)].Select(one => random.Next(4) == 0 ? char.ToUpperInvariant(one) : one));
        for (var more = random.Next(4); more > 0; more--)
        {
            type += Space(random) + ";" + Space(random) + Parameters[random.Next(Parameters.Length)];
        }

        return Space(random) + type + Space(random);
    }

    private static string Space(Random random) => random.Next(3) == 0 ? new string(" \t"[random.Next(2)], random.Next(1, 3)) : "";

    private Task<Answer> SendAsync(string body, string type)
    {
        var request = Webhook.Signed(body);
        request.Content!.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue(type);
        return given.Host.SendAsync(request);
    }
}
