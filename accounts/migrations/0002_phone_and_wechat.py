from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="phone",
            field=models.CharField(blank=True, max_length=30, verbose_name="手机"),
        ),
        migrations.AddField(
            model_name="user",
            name="wechat_openid",
            field=models.CharField(blank=True, max_length=64, verbose_name="微信OpenID"),
        ),
    ]
