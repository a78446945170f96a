"""A person with a sign-in, and the permissions that the floors below ask for."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import PERMISSIONS, Role
from accounts.prepared import Prepared


class UserManager(BaseUserManager):
    def create_user(self, username, name, password=None, **facts):
        user = self.model(username=username, name=name, **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username, name, password=None, **facts):
        """The first sign-in of an office: an administrator, who gives the first committee its right on the desk."""
        user = self.create_user(username, name, password, is_superuser=True, **facts)
        user.grants.create(role=Role.ADMIN, starts_on=timezone.localdate())
        text = _("命令行建立的系统管理员")
        user.account_changes.create(at=timezone.now(), what=user.account_changes.model.What.GRANTED, text=text)
        return user


class User(AbstractBaseUser):
    """A person with a sign-in. Rights come from grants only.

    A superuser may use the admin site, and sees no case by it.
    """

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    # Where messages go when the office sends them by SMS or WeChat.
    phone = models.CharField(_("手机"), max_length=30, blank=True)
    wechat_openid = models.CharField(_("微信OpenID"), max_length=64, blank=True)
    is_active = models.BooleanField(_("可登录"), default=True)
    is_superuser = models.BooleanField(_("系统管理员"), default=False)
    # Somebody else chose the password: the first sign-in leads to choosing one's own.
    must_change_password = models.BooleanField(_("登录后须改密码"), default=False, db_default=False)
    # Issuer and subject of the single sign-on that this person is bound to; names may be given to others, these are not.
    sso_subject = models.CharField(_("统一身份标识"), max_length=500, unique=True, null=True, blank=True)
    # The last day in office; behind it nobody signs in by this account.
    leaves_on = models.DateField(_("离任日期"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        ordering = ["username"]

    def __str__(self):
        return self.name

    @property
    def is_staff(self):
        return self.is_superuser

    @property
    def owes_password(self):
        """Whether somebody else chose the password that this person signs in with."""
        return self.must_change_password and self.has_usable_password()

    def grants_in_force(self):
        """Today's grants (Beijing date) with their scopes; one query for a request, as Django loads the user anew."""
        if not hasattr(self, "_grants"):
            self._grants = _GRANTS.rows(self.pk, timezone.localdate()) if self.is_active else []
        return self._grants

    def has_perm(self, perm, obj=None):
        """Answer the floors below, which know permissions but no roles; a superuser may do all of it.

        ``obj`` is a station or a region: the right must then come from a grant whose scope holds it. Whatever is not
        in the table, or is no place, is denied.
        """
        if not self.is_active:
            return False
        return self.is_superuser or any(obj is None or grant.covers(obj) for grant in self._grants_with(perm))

    def places_with(self, perm):
        """The regions over which a user holds a permission, the highest first; what lies in them is meant as well."""
        return sorted(
            {grant.region for grant in self._grants_with(perm) if grant.region}, key=lambda region: region.code
        )

    def _grants_with(self, perm):
        roles = PERMISSIONS.get(perm, ())
        return [grant for grant in self.grants_in_force() if grant.role in roles]

    def has_module_perms(self, app_label):
        return self.is_active and self.is_superuser


def _grants(user, day):
    held = User.grants.rel.related_model.objects.on(day)
    return held.filter(user=user).select_related("region", "station__region", "organ")


_GRANTS = Prepared(_grants)
