using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <summary>Builds the HTTP request of a delivery, with the flaws that belong to the transport.</summary>
internal sealed class RequestWriter(Uri webhookUrl, SenderKeys keys, TimeProvider time)
{
    private const int TooManyBytes = (1024 * 1024) + 4096;

    public HttpRequestMessage Write(Delivery delivery)
    {
        var body = Encoding.UTF8.GetBytes(Text(delivery));
        var flaw = delivery.IsArray ? Flaw.None : delivery.Events[0].Flaw;
        var request = new HttpRequestMessage(HttpMethod.Post, webhookUrl) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = FormBody.Is(delivery)
            ? new MediaTypeHeaderValue(FormBody.Type)
            : ContentType(delivery.Number, flaw);
        // Lets the receiver refuse a large body by its length, before it is transmitted.
        request.Headers.ExpectContinue = flaw == Flaw.TooLarge;
        request.Headers.Authorization = Authorization(delivery.Number, flaw);
        Sign(request, body, flaw);
        if (!delivery.IsArray)
        {
            WriteId(request, delivery.Events[0]);
        }

        return request;
    }

    private static string Text(Delivery delivery)
    {
        if (delivery.IsArray)
        {
            return $"[{string.Join(',', delivery.Events.Select(item => item.Json))}]";
        }

        var single = delivery.Events[0];
        if (FormBody.Is(delivery))
        {
            return FormBody.Write(single);
        }

        return single.Flaw == Flaw.TooLarge ? single.Json + new string(' ', TooManyBytes) : single.Json;
    }

    private static MediaTypeHeaderValue ContentType(int number, Flaw flaw)
    {
        if (flaw == Flaw.WrongContentType)
        {
            return new MediaTypeHeaderValue("application/xml");
        }

        return number % 3 == 0 ? new MediaTypeHeaderValue("application/json", "utf-8") : new MediaTypeHeaderValue("application/json");
    }

    private AuthenticationHeaderValue Authorization(int number, Flaw flaw)
    {
        var token = flaw == Flaw.WrongToken ? "not-the-token" : keys.Token;
        return number % 5 == 0
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"journeys:{token}")))
            : new AuthenticationHeaderValue("Bearer", token);
    }

    private void Sign(HttpRequestMessage request, byte[] body, Flaw flaw)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var signature = flaw == Flaw.BadSignature ? new string('0', 64) : keys.Sign(now, body);
        request.Headers.Add("X-CIO-Timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-CIO-Signature", signature);
    }

    private static void WriteId(HttpRequestMessage request, ShopEvent single)
    {
        if (single.IdPlace == SenderIdPlace.IdempotencyHeader)
        {
            request.Headers.Add("x-cio-idempotency-key", single.SenderId);
        }
        else if (single.IdPlace == SenderIdPlace.DeliveryHeader)
        {
            request.Headers.Add("x-cio-delivery-id", single.SenderId);
        }
    }
}
